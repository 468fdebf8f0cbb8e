/** Select: Slack's menus of options (static, external, people, channels; one or many) as one searchable box. */

import { h } from "./dom.js";
import { slot } from "./fields.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { popup } from "./popup.js";
import { tell } from "./server.js";

const DEBOUNCE_MS = 250;
const option = (value, text, description) =>
  ({ value, text: { type: "plain_text", text }, description: description && { text: description } });

/** @typedef {import("./page.js").Page} Page
 * @typedef {{key: string, id: string, scope: Object, block: Object, value: Object, optional?: boolean,
 *   commit: (value: Object) => void, attrs: Object}} Field */

/** Groups of options that need no asking. */
function ownGroups(element, page) {
  const source = element.type.replace("multi_", "");
  const rooms = page.snapshot.channels.filter((each) => !each.is_im && each.is_member);
  const channels = () => rooms.map((each) => option(each.id, `#${each.name}`));
  const people = () => page.snapshot.users.map((each) => option(each.id, each.real_name ?? each.name, each.title));
  if (source === "users_select") return [{ options: people() }];
  if (source === "channels_select") return [{ options: channels() }];
  if (source === "conversations_select") return [{ options: [...channels(), ...people()] }];
  return element.option_groups ?? [{ options: element.options ?? [] }];
}

/** Chosen options as objects; people and channels are kept as bare ids. */
function chosen(element, field, page) {
  const value = field.value[slot(element.type)];
  const all = ownGroups(element, page).flatMap((group) => group.options);
  const known = (id) => all.find((each) => each.value === id) ?? option(id, id);
  return [value ?? []].flat().map((each) => (typeof each === "string" ? known(each) : each));
}

function packed(element, options) {
  const name = slot(element.type);
  const values = name.startsWith("selected_option") ? options : options.map((each) => each.value);
  return { type: element.type, [name]: element.type.startsWith("multi_") ? values : values[0] ?? null };
}

/** Groups to show for what was typed. */
function visible(element, state, page) {
  const words = state.query.trim().toLowerCase();
  const groups = element.type.endsWith("external_select") ? state.groups ?? [] : ownGroups(element, page);
  if (!words || element.type.endsWith("external_select")) return groups;
  const fits = (each) => `${each.text.text} ${each.description?.text ?? ""}`.toLowerCase().includes(words);
  const fitting = groups.map((group) => ({ ...group, options: group.options.filter(fits) }));
  return fitting.filter((group) => group.options.length);
}

/** Ask the app for options once the person stops typing; an answer to an older question is dropped. */
function ask(element, field, page) {
  if (!element.type.endsWith("external_select")) return;
  const state = page.ui.select;
  clearTimeout(state.timer);
  if (state.query.length < (element.min_query_length ?? 3)) {
    Object.assign(state, { groups: null, hint: `Type at least ${element.min_query_length ?? 3} characters` });
    return;
  }
  state.hint = "Loading…";
  const query = state.query;
  state.timer = setTimeout(async () => {
    const answer = await tell("options", {
      user: page.snapshot.me, container: field.scope.container, block_id: field.block.block_id,
      action_id: element.action_id, query,
    });
    if (page.ui.select !== state || state.query !== query) return;
    state.hint = answer.error && answer.ok === false ? answer.error : "No results";
    state.groups = answer.option_groups ?? [{ options: answer.options ?? [] }];
    state.active = 0;
    page.render();
  }, DEBOUNCE_MS);
}

/** @param {Object} element @param {Field} field @param {Page} page */
export function select(element, field, page) {
  const state = page.ui.select?.key === field.key ? page.ui.select : null;
  const many = element.type.startsWith("multi_");
  const picked = state?.picked ?? chosen(element, field, page);
  const groups = state ? visible(element, state, page) : [];
  const box = {
    element, field, page, many, // the rest is looked up when it is needed: keys may come faster than frames
    get state() { return page.ui.select?.key === field.key ? page.ui.select : null; },
    get picked() { return this.state?.picked ?? chosen(element, field, page); },
    get options() { return this.state ? visible(element, this.state, page).flatMap((group) => group.options) : []; },
  };
  const { options } = box;
  const single = many ? undefined : picked[0];
  const placeholder = element.placeholder?.text ?? (many ? "Select options" : "Select an option");
  return h("div", { class: `select ${many ? "many" : ""} ${state ? "open" : ""}`, key: field.key },
    many && picked.map((each) => token(box, each)),
    h("input", {
      ...field.attrs, type: "text", role: "combobox", autocomplete: "off", "aria-expanded": String(Boolean(state)),
      "aria-controls": `${field.id}-list`, "aria-autocomplete": "list", spellcheck: "false",
      "aria-activedescendant": state && options.length ? `${field.id}-${state.active}` : null,
      placeholder: state && single ? single.text.text : many && picked.length ? "" : placeholder,
      value: state ? state.query : single?.text.text ?? "",
      onfocus: ({ target }) => target.setSelectionRange(0, target.value.length, "backward"), // typing replaces it all
      onclick: () => state || open(box), onblur: () => close(box), onkeydown: (event) => key(box, event),
      oninput: (event) => search(box, event.target.value),
    }),
    single && !state && h("span", { class: "shown", "aria-hidden": "true" }, plain(single.text.text)),
    field.optional && single && !state && h("button", {
      type: "button", class: "clear", "aria-label": "Clear", onclick: () => field.commit(packed(element, [])),
    }, "×"),
    icon("chevron"),
    state && popup({ class: "popup listbox", role: "listbox", id: `${field.id}-list`,
      "aria-multiselectable": many ? "true" : null,
      "aria-label": placeholder, onmousedown: (event) => event.preventDefault() }, listed(box, groups)));
}

function listed(box, groups) {
  let index = -1;
  const rows = groups.map((group) => [
    group.label && h("div", { class: "group-label" }, plain(group.label.text)),
    group.options.map((each) => row(box, each, (index += 1))),
  ]);
  return index < 0 ? h("div", { class: "empty", role: "status" }, box.state.hint ?? "No results") : rows;
}

const same = (one) => (other) => one.value === other.value;

function row(box, each, index) {
  const on = box.picked.some(same(each));
  return h("div", {
    class: `option ${index === box.state.active ? "active" : ""}`, role: "option", id: `${box.field.id}-${index}`,
    "aria-selected": String(on), onclick: () => pick(box, each),
  }, h("span", {}, plain(each.text.text), each.description && h("small", {}, plain(each.description.text))),
  on && icon("check"));
}

function token(box, each) {
  const without = box.picked.filter((other) => !same(each)(other));
  const drop = () => {
    if (!box.state) return box.field.commit(packed(box.element, without));
    box.state.picked = without;
    box.page.render();
  };
  return h("span", { class: "token", key: each.value }, plain(each.text.text), h("button", {
    type: "button", "aria-label": `Remove ${each.text.text}`, onclick: drop,
    onmousedown: (event) => event.preventDefault(),
  }, "×"));
}

function open({ element, field, page, many, picked }, query = "") {
  const groups = ownGroups(element, page).flatMap((group) => group.options);
  const active = many || !picked[0] ? 0 : Math.max(0, groups.findIndex(same(picked[0])));
  page.ui.select = { key: field.key, query, active: query ? 0 : active, picked: many ? picked : undefined };
  ask(element, field, page);
  page.set({ popup: null });
}

/** Many are handed over when the list closes, as Slack does. */
function close({ element, field, page, many }) {
  if (page.ui.select?.key !== field.key) return;
  const picked = page.ui.select.picked ?? [];
  clearTimeout(page.ui.select.timer);
  page.set({ select: null });
  const before = chosen(element, field, page).map((each) => each.value).join("\n");
  if (many && picked.map((each) => each.value).join("\n") !== before) field.commit(packed(element, picked));
}

function search(box, query) {
  if (!box.state) return open(box, query);
  Object.assign(box.state, { query, active: 0 });
  ask(box.element, box.field, box.page);
  box.page.render();
}

function pick(box, each) {
  if (!box.many) {
    box.page.set({ select: null });
    return box.field.commit(packed(box.element, [each]));
  }
  const on = box.picked.some(same(each));
  const limit = box.element.max_selected_items ?? Infinity;
  if (on) box.state.picked = box.picked.filter((other) => !same(each)(other));
  else if (box.picked.length < limit) box.state.picked = [...box.picked, each];
  Object.assign(box.state, { query: "" });
  box.page.render();
}

function key(box, event) {
  const { state, options, page } = box;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step || (event.key === "Enter" && !state)) {
    event.preventDefault();
    if (!state) return open(box);
    state.active = (state.active + step + options.length) % Math.max(options.length, 1);
    page.draw();
    document.getElementById(`${box.field.id}-${state.active}`)?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (options[state.active]) pick(box, options[state.active]);
  } else if (event.key === "Escape" && state) {
    event.preventDefault();
    event.stopPropagation();
    close(box);
  } else if (event.key === "Backspace" && box.many && !event.target.value && box.picked.length) {
    if (!state) open(box);
    page.ui.select.picked = box.picked.slice(0, -1);
    page.render();
  }
}
