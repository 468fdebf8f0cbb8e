/** Fields: what a person has put into the inputs of a message, a view or the Home tab, in Slack's state shape. */

const SHAPES = {
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  radio_buttons: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  checkboxes: ["selected_options", "initial_options"],
  multi_users_select: ["selected_users", "initial_users"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  plain_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  rich_text_input: ["rich_text_value", "initial_value"],
};

/** Name of the property that holds the value of such an element; undefined for what has none (buttons). */
export const slot = (type) => SHAPES[type]?.[0];

/** @typedef {{key: string, container: Object, blocks: Object[], saved?: Object}} Scope a message, a view or Home */

/** Every element of a block that may hold a value. */
function elementsOf(block) {
  const children = (block.child_blocks ?? []).flatMap(elementsOf);
  const own = [block.element, block.accessory, ...(block.elements ?? []), ...(Array.isArray(block.actions) ? block.actions : [])];
  return [...own.filter((each) => each && slot(each.type)).map((element) => ({ block, element })), ...children];
}

export class Fields {
  #values = new Map();

  static key = (scope, block, element) => `${scope.key}|${block.block_id}|${element.action_id}`;

  /** The state value: what was typed or chosen here, else what the sandbox has kept, else the app's initial one. */
  get(scope, block, element) {
    const name = slot(element.type);
    const many = name.endsWith("s");
    return (
      this.#values.get(Fields.key(scope, block, element)) ??
      scope.saved?.[block.block_id]?.[element.action_id] ?? {
        type: element.type,
        [name]: element[SHAPES[element.type][1]] ?? (many ? [] : null),
      }
    );
  }

  set(scope, block, element, value) {
    this.#values.set(Fields.key(scope, block, element), value);
  }

  /** All values of a scope as Slack's state.values. */
  state(scope) {
    const values = {};
    for (const { block, element } of (scope.blocks ?? []).flatMap(elementsOf)) {
      (values[block.block_id] ??= {})[element.action_id] = this.get(scope, block, element);
    }
    return values;
  }
}
