/** Markdown: the standard dialect, for blocks of type markdown. */

import { h } from "./dom.js";
import { emojiNode, link } from "./mrkdwn.js";

const INLINE = new RegExp(
  [
    "(?<code>`+)(?<coded>[^`]+?)\\k<code>",
    "!?\\[(?<label>[^\\]\\n]*)\\]\\((?<url>[^\\s)]+)[^)\\n]*\\)",
    "\\*\\*(?<bold>(?!\\s)[^\\n]+?)\\*\\*",
    "~~(?<struck>[^\\n]+?)~~",
    "(?<![\\p{L}\\p{N}*_])(?<sign>[*_])(?!\\s)(?<slanted>[^*_\\n]+?)\\k<sign>(?![\\p{L}\\p{N}])",
    "(?<bare>https?://[^\\s<>)]*[^\\s<>).,;:!?])",
    "(?<emoji>:[a-z0-9_+-]+:)",
    "\\\\(?<escaped>[!-/:-@[-`{-~])",
    "(?<line>\\n)",
  ].join("|"),
  "gu",
);

/** @param {string} text */
export function markdown(text) {
  const nodes = [];
  const lines = text.split("\n");
  while (lines.length) nodes.push(take(lines));
  return nodes;
}

/** Take the next construct off the front of the lines. */
function take(lines) {
  const line = lines.shift();
  if (!line.trim()) return null;
  const fence = /^\s*(`{3,}|~{3,})/u.exec(line);
  if (fence) {
    const body = until(lines, (each) => each.trim().startsWith(fence[1]));
    lines.shift();
    return h("pre", {}, body.join("\n"));
  }
  const heading = /^(#{1,6})\s+(.*?)#*$/u.exec(line);
  if (heading) return h("div",
    { class: `heading h${heading[1].length}`, role: "heading", "aria-level": heading[1].length }, inline(heading[2]));
  if (/^\s*([-*_])(\s*\1){2,}\s*$/u.test(line)) return h("hr");
  if (/^\s*>/u.test(line)) return quote(line, lines);
  if (isItem(line)) return list(line, lines);
  if (line.includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-*:?\s*)*$/u.test(lines[0] ?? "")) return table(line, lines);
  const more = until(lines, (each) => !each.trim() || isItem(each) || /^\s*(#{1,6}\s|>|`{3}|~{3})/u.test(each));
  return h("p", { class: "rich" }, inline([line, ...more].join("\n")));
}

function until(lines, stop) {
  const at = lines.findIndex(stop);
  return lines.splice(0, at < 0 ? lines.length : at);
}

const isItem = (line) => /^\s*([-*+]|\d+[.)])\s+/u.test(line);

function quote(line, lines) {
  const body = [line, ...until(lines, (each) => !/^\s*>/u.test(each))];
  return h("blockquote", {}, markdown(body.map((each) => each.replace(/^\s*>\s?/u, "")).join("\n")));
}

/** Items of one indent; deeper lines are handed down as their contents. */
function list(line, lines) {
  const [, indent, sign] = /^(\s*)([-*+]|\d+[.)])/u.exec(line);
  const items = [];
  const more = () => isItem(lines[0] ?? "") && depth(lines[0]) === indent.length;
  for (let next = line; next !== undefined; next = more() ? lines.shift() : undefined) {
    const inner = until(lines, (each) => !each.trim() || depth(each) <= indent.length);
    const [, box, words] = /^\s*(?:[-*+]|\d+[.)])\s+(\[[ xX]\]\s)?(.*)$/u.exec(next);
    const task = box && h("span", { class: "emoji" }, box[1] === " " ? "⬜ " : "✅ ");
    items.push(h("li", {}, task, inline(words), markdown(inner.join("\n"))));
  }
  return /\d/u.test(sign) ? h("ol", { start: parseInt(sign, 10) }, items) : h("ul", {}, items);
}

const depth = (line) => /^\s*/u.exec(line)[0].length;

function table(head, lines) {
  const cells = (line) => line.trim().replace(/^\||\|$/gu, "").split("|").map((cell) => inline(cell.trim()));
  lines.shift();
  const body = until(lines, (each) => !each.includes("|"));
  return h("div", { class: "table-wrap", tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", { scope: "col" }, cell)))),
    h("tbody", {}, body.map((line) => h("tr", {}, cells(line).map((cell) => h("td", {}, cell)))))));
}

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(from, match.index), leaf(match.groups));
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)];
}

function leaf(found) {
  if (found.coded) return h("code", {}, found.coded);
  if (found.url) return link(found.url, found.label || found.url);
  if (found.bold) return h("b", {}, inline(found.bold));
  if (found.struck) return h("s", {}, inline(found.struck));
  if (found.slanted) return h("i", {}, inline(found.slanted));
  if (found.bare) return link(found.bare, found.bare);
  if (found.emoji) return emojiNode(found.emoji);
  return found.escaped ?? h("br");
}
