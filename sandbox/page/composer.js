/** Composer: where a person writes, with marks, commands that complete themselves, and people to mention. */

import { h } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { popup } from "./popup.js";

/** @typedef {import("./page.js").Page} Page */

const MARKS = [["B", "*", "Bold"], ["I", "_", "Italic"], ["S", "~", "Strikethrough"], ["‹›", "`", "Code"]];

/** @param {Page} page @param {{channel: string, thread?: string, label: string}} where */
export function composer(page, where) {
  const key = `${where.channel}/${where.thread ?? ""}`;
  const box = {
    page, where, key, id: where.thread ? "reply" : "compose",
    get draft() { return page.ui.drafts[key] ?? { text: "", active: 0 }; }, // keys may come faster than frames
    get hints() { return suggestions(this.draft, page, where); },
  };
  const { draft, hints } = box;
  return h("form", { class: "composer", key: `composer-${key}`,
    onsubmit: (event) => { event.preventDefault(); send(box); } },
    hints.length > 0 && list(box),
    h("div", { class: "marks", role: "toolbar", "aria-label": "Formatting" }, MARKS.map(([face, sign, name]) =>
      h("button", { type: "button", class: `icon-button mark-${name}`, title: name, "aria-label": name,
        onmousedown: (event) => event.preventDefault(), onclick: (event) => mark(box, event, sign) }, face))),
    h("textarea", {
      id: box.id, rows: 1, placeholder: where.label, "aria-label": where.label, value: draft.text, role: "combobox",
      "aria-expanded": String(hints.length > 0), "aria-controls": `${box.id}-hints`, "aria-autocomplete": "list",
      "aria-activedescendant": hints.length ? `${box.id}-hint-${draft.active}` : null,
      oninput: (event) => write(box, event.target), onkeydown: (event) => keys(box, event),
      onclick: (event) => write(box, event.target),
    }),
    h("div", { class: "send-row" },
      !where.thread && iconButton("slash", "Commands", (event) => begin(box, event, "/")),
      h("button", { type: "button", class: "icon-button", title: "Mention someone", "aria-label": "Mention someone",
        onclick: (event) => begin(box, event, "@") }, "@"),
      h("span", { class: "grow" }, h("small", { class: "not-narrow" }, draft.text && "Enter to send, Shift + Enter for a new line")),
      h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send",
        disabled: !draft.text.trim() }, icon("send"))));
}

/** What fits the word at the caret: commands at the start of the text, people and groups after @. */
function suggestions({ text, caret = text.length, closed }, page, where) {
  if (closed) return [];
  const upTo = text.slice(0, caret);
  if (/^\/\S*$/u.test(upTo) && !where.thread) {
    return page.snapshot.commands.filter((each) => each.command.startsWith(upTo)).map((each) => ({
      insert: `${each.command} `, from: 0, label: each.command, usage: each.usage_hint, description: each.description,
    }));
  }
  const word = /(?:^|\s)@(\w*)$/u.exec(upTo);
  if (!word) return usage(upTo, page, where);
  const all = [...page.snapshot.users.map((each) => [each.name, each.real_name]),
    ...page.snapshot.usergroups.map((each) => [each.handle, each.name])];
  return all.filter((names) => names.join(" ").toLowerCase().includes(word[1].toLowerCase())).slice(0, 7)
    .map(([name, description]) => ({ insert: `@${name} `, from: caret - word[1].length - 1, label: `@${name}`,
      description }));
}

/** While the arguments are written the hint of the command stays in sight; it inserts nothing. */
function usage(text, page, where) {
  const command = !where.thread && page.snapshot.commands.find((each) => text.startsWith(`${each.command} `));
  return command ? [{ label: command.command, usage: command.usage_hint, description: command.description }] : [];
}

function list(box) {
  const { draft, hints, id } = box;
  return popup({ class: "popup hints", role: "listbox", id: `${id}-hints`, "aria-label": "Suggestions",
    onmousedown: (event) => event.preventDefault() },
    hints.map((each, at) => h("div", {
      class: `option ${at === draft.active && each.insert ? "active" : ""}`, role: "option", id: `${id}-hint-${at}`,
      "aria-selected": String(at === draft.active),
      onclick: () => complete(box, each),
    }, h("span", {}, h("b", {}, each.label), " ", each.usage && h("i", {}, each.usage),
      each.description && h("small", {}, each.description)))));
}

const save = ({ page, key }, draft) => page.set({ drafts: { ...page.ui.drafts, [key]: draft } });

function write(box, el) {
  save(box, { text: el.value, caret: el.selectionStart, active: 0 });
}

function complete(box, hint) {
  if (!hint?.insert) return;
  const { text, caret = text.length } = box.draft;
  const before = text.slice(0, hint.from) + hint.insert;
  save(box, { text: before + text.slice(caret).trimStart(), caret: before.length, active: 0 });
  focusAt(box, before.length);
}

/** Draw at once, then put the caret where writing goes on. */
function focusAt({ page, id }, caret) {
  page.draw();
  const el = document.getElementById(id);
  el.focus();
  el.setSelectionRange(caret, caret);
}

function begin(box, event, sign) {
  event.preventDefault();
  const text = sign === "/" ? "/"
    : `${box.draft.text}${box.draft.text && !box.draft.text.endsWith(" ") ? " " : ""}${sign}`;
  save(box, { text, caret: text.length, active: 0 });
  focusAt(box, text.length);
}

/** Put a sign on both sides of what is selected. */
function mark(box, event, sign) {
  event.preventDefault();
  const el = document.getElementById(box.id);
  const [from, to] = [el.selectionStart, el.selectionEnd];
  const text = el.value.slice(0, from) + sign + el.value.slice(from, to) + sign + el.value.slice(to);
  save(box, { text, caret: to + 1, active: 0 });
  focusAt(box, from === to ? to + 1 : to + 2);
}

function keys(box, event) {
  const { draft, hints } = box;
  const pickable = hints.some((each) => each.insert);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.isComposing) return;
  if (pickable && step) {
    event.preventDefault();
    save(box, { ...draft, active: (draft.active + step + hints.length) % hints.length });
  } else if (pickable && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey) {
    if (event.key === "Enter" && draft.text.trim() === hints[draft.active].label) return enter(box, event);
    event.preventDefault();
    complete(box, hints[draft.active]);
  } else if (event.key === "Escape" && hints.length) {
    event.preventDefault();
    event.stopPropagation();
    save(box, { ...draft, closed: true });
  } else if (event.key === "Enter" && !event.shiftKey) enter(box, event);
}

function enter(box, event) {
  event.preventDefault();
  send(box);
}

async function send(box) {
  const { page, where } = box;
  const text = box.draft.text.trim();
  if (!text) return;
  save(box, { text: "", active: 0 });
  const list = document.querySelector(where.thread ? ".thread .scroller" : ".conversation .scroller");
  if (list) list.dataset.end = "yes";
  const verb = text.startsWith("/") ? "command" : "message";
  const answer = await page.say(verb,
    { channel: where.channel, text, ...(where.thread && { thread_ts: where.thread }) });
  if (!answer.ok && !page.ui.drafts[box.key]?.text) save(box, { text, active: 0 });
}
