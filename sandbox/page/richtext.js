/** Rich text: the blocks that Slack's own composer writes, element by element. */

import { formatDate } from "./dates.js";
import { h } from "./dom.js";
import { emoji, fromCodePoints } from "./emoji.js";
import { channelLink, groupMention, link, mention } from "./mrkdwn.js";

/** @typedef {import("./page.js").Page} Page */

/** @param {{elements: Object[]}} block @param {Page} page */
export function richText(block, page) {
  return (block.elements ?? []).map((element) => part(element, page));
}

function part(element, page) {
  const inside = () => (element.elements ?? []).map((each) => leaf(each, page));
  if (element.type === "rich_text_quote") return h("blockquote", {}, inside());
  if (element.type === "rich_text_preformatted") return h("pre", {}, inside());
  if (element.type === "rich_text_list") return list(element, page);
  return h("p", { class: "rich" }, inside());
}

function list(element, page) {
  const tag = element.style === "ordered" ? "ol" : "ul";
  const items = (element.elements ?? []).map((item) => h("li", {},
    (item.elements ?? []).map((each) => leaf(each, page))));
  const style = { "margin-left": `${(element.indent ?? 0) * 24}px` };
  return h(tag, { class: element.border ? "bordered" : null, style,
    start: element.offset ? element.offset + 1 : null }, items);
}

const LEAVES = {
  text: (each) => lines(each.text ?? ""),
  link: (each) => link(each.url ?? "", each.text || each.url),
  emoji: (each) => pictured(each),
  user: (each, page) => mention(page.user(each.user_id), "@", page),
  usergroup: (each, page) => groupMention(each.usergroup_id, page),
  channel: (each, page) => channelLink(each.channel_id, page),
  broadcast: (each) => h("span", { class: "mention me" }, `@${each.range}`),
  color: (each) => h("span", {}, h("i", { class: "swatch", style: { background: each.value } }), each.value),
  date: (each, page) => h("time", {}, formatDate(each.timestamp, each.format ?? "", each.fallback ?? "", page.clock)),
};

function leaf(each, page) {
  const wraps = [["code", "code"], ["bold", "b"], ["italic", "i"], ["strike", "s"], ["underline", "u"]];
  const node = LEAVES[each.type]?.(each, page) ?? `[${each.type}]`;
  return wraps.reduce((inner, [name, tag]) => (each.style?.[name] ? h(tag, {}, inner) : inner), node);
}

const lines = (text) => text.split(/(\n)/u).map((piece) => (piece === "\n" ? h("br") : piece));

function pictured({ name, unicode, skin_tone: tone }) {
  const character = emoji(name, tone) ?? fromCodePoints(unicode);
  return character ? h("span", { class: "emoji", title: `:${name}:` }, character) : `:${name}:`;
}
