/** Elements: buttons, menus, pickers and inputs of Block Kit, each wired to what a person does with it. */

import { fromWallTime, wallTime } from "./dates.js";
import { h } from "./dom.js";
import { Fields, slot } from "./fields.js";
import { icon } from "./icons.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { menuButton } from "./popup.js";
import { select } from "./select.js";

/** @typedef {import("./page.js").Page} Page
 * @typedef {import("./fields.js").Scope} Scope
 * @typedef {{scope: Scope, block: Object, page: Page, attrs?: Object}} Place where the element stands */

/** A text object as nodes. @param {Page} page */
export function text(object, page) {
  if (!object) return null;
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text, page, object.verbatim) : plain(object.text);
}

/** An id that labels and errors can point at. */
export const domId = (scope, block, element) =>
  `f-${Fields.key(scope, block, element)}`.replace(/[^\w-]/gu, "_");

/** The same control before and after an update of its message, whose block_ids are new ones. */
const stand = (scope, element) => `${scope.key}|${element.action_id}`;

/** @param {Object} element @param {Place} place */
export function renderElement(element, place) {
  const kind = element.type.endsWith("_select") ? select_ : KINDS[element.type];
  if (kind) return kind(element, place);
  return h("span", { class: "unknown" }, `${element.type} is not drawn here`);
}

function button(element, { scope, block, page }) {
  const key = Fields.key(scope, block, element);
  const busy = page.busy.has(key);
  const value = { type: "button", value: element.value };
  const props = {
    class: `button ${element.style ?? ""} ${busy ? "busy" : ""}`, key, "aria-label": element.accessibility_label,
    "data-place": stand(scope, element), "aria-busy": busy ? "true" : null,
    onclick: () => busy || page.act(scope, block, element, value),
  };
  const face = h("span", {}, text(element.text, page));
  if (!/^https?:/u.test(element.url ?? "")) return h("button", { type: "button", ...props }, face);
  return h("a", { ...props, href: element.url, target: "_blank", rel: "noopener noreferrer" }, face);
}

function overflow(element, { scope, block, page }) {
  const items = element.options.map((option) => ({
    label: text(option.text, page), description: text(option.description, page),
    pick: () => {
      if (/^https?:/u.test(option.url ?? "")) window.open(option.url, "_blank", "noopener");
      page.act(scope, block, element, { type: "overflow", selected_option: option });
    },
  }));
  const id = Fields.key(scope, block, element);
  return menuButton(page, { id, label: "More actions", face: icon("dots"), items, class: "button overflow",
    "data-place": stand(scope, element) });
}

/** Is a change told to the app at once? Inputs only when they ask for it, everything else always. */
const dispatches = (block) => block.type !== "input" || block.dispatch_action === true;

/** Keep the value; tell the app when it wants to know. */
function commit(element, { scope, block, page }, value) {
  if (dispatches(block)) page.act(scope, block, element, value);
  else page.keep(scope, block, element, value);
}

function select_(element, place) {
  const { scope, block, page } = place;
  return select(element, {
    key: Fields.key(scope, block, element), id: domId(scope, block, element), scope, block,
    value: page.fields.get(scope, block, element), optional: block.type === "input" && block.optional,
    commit: (value) => commit(element, place, value),
    attrs: { id: domId(scope, block, element), "aria-label": element.placeholder?.text ?? "Select", ...place.attrs },
  }, page);
}

function choices(element, place) {
  const { scope, block, page } = place;
  const one = element.type === "radio_buttons";
  const name = slot(element.type);
  const id = domId(scope, block, element);
  const now = () => [page.fields.get(scope, block, element)[name] ?? []].flat();
  const on = (option) => now().some((each) => each.value === option.value);
  const change = (option) => {
    const others = element.options.filter((each) => each.value !== option.value && on(each));
    commit(element, place, { type: element.type, [name]: one ? option : on(option) ? others : [...others, option] });
  };
  return h("div", { class: "choices", role: one ? "radiogroup" : "group", id,
    "aria-label": block.label ? null : "Options", ...place.attrs },
    element.options.map((option) => h("label", { key: option.value },
      h("input", { type: one ? "radio" : "checkbox", name: id, checked: on(option), onchange: () => change(option) }),
      h("span", {}, text(option.text, page), option.description && h("small", {}, text(option.description, page))))));
}

function picker(element, place) {
  const { scope, block, page } = place;
  const { zone } = page.clock;
  const name = slot(element.type);
  const moment = element.type === "datetimepicker";
  const now = page.fields.get(scope, block, element)[name];
  const read = (written) => (written === "" ? null : moment ? fromWallTime(written, zone) : written);
  return h("input", {
    class: "field picker", id: domId(scope, block, element), key: Fields.key(scope, block, element),
    type: { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" }[element.type],
    "aria-label": element.placeholder?.text ?? { datepicker: "Date", timepicker: "Time",
      datetimepicker: `Date and time (${zone})` }[element.type],
    value: now === null ? "" : moment ? wallTime(now, zone) : now, ...place.attrs,
    onchange: (event) => commit(element, place, { type: element.type, [name]: read(event.target.value) }),
  });
}

const INPUT_TYPES = { number_input: "number", email_text_input: "email", url_text_input: "url" };

function typed(element, place) {
  const { scope, block, page } = place;
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const written = (value) => ({ type: element.type, value: value === "" ? null : value });
  const told = (event, trigger) => {
    const tell = dispatches(block) && on.includes(trigger);
    page[tell ? "act" : "keep"](scope, block, element, written(event.target.value));
  };
  const value = page.fields.get(scope, block, element).value ?? "";
  const left = (element.max_length ?? 3000) - value.length;
  const props = {
    class: "field", id: domId(scope, block, element), key: Fields.key(scope, block, element), value,
    placeholder: element.placeholder?.text ?? "", maxlength: element.max_length, autofocus: element.focus_on_load,
    oninput: (event) => told(event, "on_character_entered"),
    onkeydown: (event) => {
      if (event.key !== "Enter" || element.multiline || !dispatches(block)) return;
      event.preventDefault();
      told(event, "on_enter_pressed");
    },
    ...place.attrs,
  };
  const numeric = element.type === "number_input"
    && { min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? "any" : 1 };
  const field = element.multiline
    ? h("textarea", { rows: 4, ...props })
    : h("input", { type: INPUT_TYPES[element.type] ?? "text", ...numeric, ...props });
  return [field, left < 50 && h("small", { class: "left", role: "status" }, `${left} left`)];
}

/** What Slack's editor would make of plain lines. */
function richInput(element, place) {
  const { scope, block, page } = place;
  const value = page.fields.get(scope, block, element).rich_text_value;
  const words = value?.elements?.flatMap((part) => part.elements.map((each) => each.text ?? "")).join("\n") ?? "";
  const rich = (words) => ({ type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "text", text: words }] }] });
  return h("textarea", {
    class: "field", rows: 4, id: domId(scope, block, element), value: words,
    placeholder: element.placeholder?.text ?? "", ...place.attrs,
    oninput: (event) => page.keep(scope, block, element,
      { type: element.type, rich_text_value: event.target.value ? rich(event.target.value) : null }),
  });
}

const iconAction = (element, { scope, block, page }) =>
  h("button", { type: "button", class: "button", title: element.text?.text,
    onclick: () => page.act(scope, block, element, { type: element.type, value: element.value }) },
    element.icon === "trash" ? "🗑️ " : "", text(element.text, page));

function feedback(element, { scope, block, page }) {
  return [["positive_button", "👍"], ["negative_button", "👎"]].filter(([side]) => element[side]).map(([side, face]) =>
    h("button", { type: "button", class: "button", key: side,
      "aria-label": element[side].accessibility_label ?? element[side].text?.text,
      title: element[side].text?.text,
      onclick: () => page.act(scope, block, element, { type: "feedback_buttons", value: element[side].value }) },
    face));
}

/** Slack takes its time over uploads: ask again, ever more seldom, then leave it at the alternative text. */
function again({ target }) {
  const tries = Number(target.dataset.tries ?? 0) + 1;
  target.dataset.tries = tries;
  const [source] = target.src.split("?");
  if (tries < 6) setTimeout(() => { target.src = `${source}?again=${tries}`; }, 400 * 2 ** tries);
}

/** A picture of Slack's: an uploaded file by its id; a public address stays unloaded, for the machine is offline. */
export function image({ slack_file: file, image_url: url, alt_text: alt }, props = {}) {
  const id = file?.id ?? /\b(F[A-Z0-9]{6,})\b/u.exec(file?.url ?? "")?.[1];
  const near = url?.startsWith(`${location.origin}/`) || url?.startsWith("data:image/");
  const source = id ? `/page/file/${id}` : near ? url : null;
  if (source) return h("img", { src: source, alt: alt ?? "", loading: "lazy", onerror: again, ...props });
  return h("span", { class: "no-image", role: "img", "aria-label": alt, title: url }, icon("eye"),
    h("span", {}, alt ?? "Image"));
}

const KINDS = {
  button, overflow, checkboxes: choices, radio_buttons: choices, workflow_button: button,
  datepicker: picker, timepicker: picker, datetimepicker: picker,
  plain_text_input: typed, number_input: typed, email_text_input: typed, url_text_input: typed,
  rich_text_input: richInput,
  icon_button: iconAction, feedback_buttons: feedback, image: (element) => image(element, { class: "accessory-image" }),
};
