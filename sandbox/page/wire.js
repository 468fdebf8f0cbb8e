/** Wire log: every call, dispatch and answer between the app and its outside, each to be opened in full. */

import { timeOf } from "./dates.js";
import { h } from "./dom.js";
import { iconButton } from "./icons.js";
import { rove } from "./popup.js";
import { fetchWireEntry } from "./server.js";

/** @typedef {import("./page.js").Page} Page */

const LEVELS = [["all", "All"], ["error", "Errors"], ["advice", "Advice"]];

/** @param {Page} page */
export function wirePanel(page) {
  const { text, level } = page.ui.wire;
  const all = [...page.snapshot.wire].sort((a, b) => b.at - a.at || b.id - a.id);
  const words = text.toLowerCase();
  const found = all.filter((each) => (level === "all" || each.level === level)
    && `${each.kind} ${each.title} ${each.note ?? ""}`.toLowerCase().includes(words));
  return h("aside", { class: `panel wire ${page.ui.wire.open ? "wide" : ""}`, key: "wire", "aria-label": "Wire log" },
    h("header", {}, h("h2", {}, "Wire log"), h("small", {}, "strict Slack rules"),
      iconButton("close", "Close wire log", () => page.showRail("wire"))),
    h("div", { class: "filters" },
      h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the wire log", value: text,
        oninput: (event) => change(page, { text: event.target.value }) }),
      h("div", { class: "chips", role: "group", "aria-label": "Level" }, LEVELS.map(([name, label]) => h("button", {
        type: "button", key: name, class: `chip ${name}`, "aria-pressed": String(level === name),
          onclick: () => change(page, { level: name }),
      }, label, name !== "all" && h("b", {}, String(all.filter((each) => each.level === name).length)))))),
    h("ol", { class: "entries", onkeydown: (event) => rove(event, event.currentTarget, ".wire-row") },
      found.map((each) => entry(page, each)), !found.length
        && h("li", { class: "nothing" }, all.length ? "Nothing fits the filter." : "Nothing has been said yet.")));
}

const change = (page, changes) => page.set({ wire: { ...page.ui.wire, ...changes } });

function entry(page, each) {
  const open = page.ui.wire.open === each.id;
  const out = each.direction === "out";
  return h("li", { key: each.id, class: `wire-entry ${each.level}` },
    h("button", { type: "button", class: "wire-row", "aria-expanded": String(open),
      onclick: () => toggle(page, each.id) },
      h("span", { class: `way ${out ? "out" : "in"}`, title: out ? "to the app" : "from the app" }, out ? "→" : "←",
        h("span", { class: "sr" }, out ? "to the app" : "from the app")),
      h("span", { class: "what" }, h("b", {}, each.kind), h("span", {}, more(each)), each.note
        && h("em", {}, each.note)),
      h("span", { class: "when" }, `${each.status ?? ""} · ${Math.round(each.ms ?? 0)} ms`, h("br"),
        timeOf(each.at, page.clock.zone))),
    open && detail(page));
}

/** The title without what the kind has said already. */
const more = ({ kind, title }) => (!title
  || kind.endsWith(title) ? "" : title.startsWith(kind) ? title.slice(kind.length + 1) : title);

async function toggle(page, id) {
  if (page.ui.wire.open === id) return change(page, { open: null, entry: null });
  change(page, { open: id, entry: null });
  try {
    const entry = await fetchWireEntry(id);
    if (page.ui.wire.open === id) change(page, { entry });
  } catch (error) {
    page.complain(error.message);
  }
}

function detail(page) {
  const whole = page.ui.wire.entry;
  if (!whole) return h("div", { class: "wire-detail", "aria-busy": "true" }, "Loading…");
  return h("div", { class: "wire-detail" }, ["request", "response"].map((side) => h("section", { key: side },
    h("h3", {}, side, iconButton("code", `Copy ${side}`, () => navigator.clipboard?.writeText(pretty(whole[side])))),
    h("pre", { tabindex: "0" }, colored(pretty(whole[side]))))));
}

/** JSON within JSON (Slack's form fields) is opened too. */
function pretty(value) {
  const opened = (each) => {
    if (typeof each === "string" && /^[[{]/u.test(each)) {
      try { return opened(JSON.parse(each)); } catch { return each; }
    }
    if (Array.isArray(each)) return each.map(opened);
    return each && typeof each === "object"
      ? Object.fromEntries(Object.entries(each).map(([name, inner]) => [name, opened(inner)])) : each;
  };
  const whole = opened(value ?? null);
  return typeof whole === "string" ? whole : JSON.stringify(whole, null, 2);
}

/** Names, texts and figures in their own colours. */
function colored(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null|-?\d+(?:\.\d+)?)\b/gu)) {
    const kind = match[2] ? "name" : match[1] ? "string" : "figure";
    nodes.push(text.slice(from, match.index), h("span", { class: kind }, match[1] ?? match[0]), match[2]);
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)];
}
