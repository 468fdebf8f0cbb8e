/** Mrkdwn: Slack's own mark-up turned into nodes; what it does not know stays text. */

import { formatDate } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";

/** @typedef {import("./page.js").Page} Page */

const ATOM = "<[^<>\\n]*>|`[^`\\n]+`";
const marked = (sign) =>
  `(?<![\\p{L}\\p{N}${sign}])${sign}(?![\\s${sign}])(?:${ATOM}|[^${sign}\\n<\`])+?(?<!\\s)${sign}(?![\\p{L}\\p{N}${sign}])`;
const MARKS = [
    "`[^`\\n]+`",
    "<[^<>\\n]+>",
    ":[a-z0-9_+'-]+:(?::skin-tone-[2-6]:)?",
    marked("\\*"),
    marked("_"),
    marked("~"),
    "\\n",
];
const ADDRESS = "https?://[^\\s<>|*`]*[^\\s<>|*`.,;:!?)\\]]";
const INLINE = new RegExp([...MARKS, ADDRESS].join("|"), "gu");
const VERBATIM = new RegExp(MARKS.join("|"), "gu");
const WRAPPERS = { "*": "b", _: "i", "~": "s" };

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A whole mrkdwn text: code fences, quotes and lines.
 * @param {string} text @param {Page} page @param {boolean} [verbatim] bare addresses are no links */
export function mrkdwn(text, page, verbatim = false) {
  return text.split(/(```[\s\S]+?```)/u).flatMap((piece, index) => {
    if (index % 2 === 1) return h("pre", {}, angled(piece.slice(3, -3).replace(/^\n|\n$/gu, ""), page));
    const next = index > 0 ? piece.replace(/^\n/u, "") : piece;
    return quoted(next.replace(/\n$/u, ""), page, verbatim ? VERBATIM : INLINE);
  });
}

/** Split off lines that begin with ">" (Slack sends it escaped), the rest is inline. */
function quoted(text, page, pattern) {
  const groups = [];
  let rest = false;
  for (const line of text.split("\n")) {
    const match = rest ? ["", "", line] : /^(?:&gt;|>)((?:&gt;|>){2})?[ \t]?(.*)$/u.exec(line);
    rest ||= Boolean(match?.[1]);
    const last = groups.at(-1);
    if (last && last.quote === Boolean(match)) last.lines.push(match ? match[2] : line);
    else groups.push({ quote: Boolean(match), lines: [match ? match[2] : line] });
  }
  return groups.map(({ quote, lines }) =>
    quote ? h("blockquote", {}, inline(lines.join("\n"), page, pattern)) : inline(lines.join("\n"), page, pattern),
  );
}

/** Everything that happens within lines. */
export function inline(text, page, pattern = INLINE) {
  return scan(text, pattern, (token) => {
    if (token === "\n") return h("br");
    if (token[0] === "`") return h("code", {}, angled(token.slice(1, -1), page));
    if (token[0] === "<") return angle(token.slice(1, -1), page);
    if (token[0] === ":") return emojiNode(token);
    if (token[0] === "h") return link(unescape(token), unescape(token));
    return h(WRAPPERS[token[0]], {}, inline(token.slice(1, -1), page, pattern));
  });
}

/** Text in which only links, mentions and dates mean something (code). */
const angled = (text, page) => scan(text, /<[^<>\n]+>/gu, (token) => angle(token.slice(1, -1), page));

/** Plain text objects know emoji and nothing else. */
export const plain = (text) => scan(text, /:[a-z0-9_+'-]+:(?::skin-tone-[2-6]:)?|\n/gu, (token) =>
  token === "\n" ? h("br") : emojiNode(token),
);

function scan(text, pattern, node) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(unescape(text.slice(from, match.index)), node(match[0]));
    from = match.index + match[0].length;
  }
  return [...nodes, unescape(text.slice(from))];
}

/** `:wave::skin-tone-3:` as a picture that is read by its name; unknown names stay as they were written. */
export function emojiNode(token) {
  const [, name, tone] = /^:([^:]+):(?::skin-tone-(\d):)?$/u.exec(token);
  const character = emoji(name, tone);
  return character ? h("span", { class: "emoji", title: `:${name}:` }, character) : token;
}

/** A link that leaves the page; anything but http(s) and mailto is shown as text. */
export function link(url, label) {
  if (!/^(https?:|mailto:|tel:)/iu.test(url)) return label;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** The inside of <…>: a mention, a date, a broadcast or a link. */
function angle(inner, page) {
  const [target, ...more] = inner.split("|");
  const label = more.join("|");
  if (/^@[UW]\w+$/u.test(target)) return mention(page.user(target.slice(1)), "@", page, label);
  if (/^#[CDG]\w+$/u.test(target)) return channelLink(target.slice(1), page, label);
  if (/^!subteam\^/u.test(target)) return groupMention(target.slice(9), page, label);
  if (/^!date\^/u.test(target)) return dateNode(target.split("^"), label, page);
  if (/^!(here|channel|everyone)$/u.test(target)) return h("span", { class: "mention me" }, `@${target.slice(1)}`);
  const url = unescape(target);
  if (!label && !/^[a-z][\w+.-]*:/iu.test(url)) return `<${url}>`;
  return link(url, label ? inline(label, page) : url);
}

/** A person's name, yellow when it is the viewer. */
export function mention(user, sign, page, label = "") {
  const name = user?.name ?? label.replace(/^@/u, "") ?? "";
  const mine = user && user.id === page.snapshot.me;
  return h("span", { class: mine ? "mention me" : "mention", title: user?.real_name }, sign + (name || "unknown-user"));
}

export function groupMention(id, page, label = "") {
  const group = page.snapshot.usergroups.find((each) => each.id === id);
  const mine = group?.users?.includes(page.snapshot.me);
  const handle = group?.handle ?? (label.replace(/^@/u, "") || "unknown-group");
  return h("span", { class: mine ? "mention me" : "mention", title: group?.name }, `@${handle}`);
}

export function channelLink(id, page, label = "") {
  const channel = page.channel(id);
  const name = channel?.name ?? (label || "unknown-channel");
  if (!channel) return h("span", { class: "mention" }, `#${name}`);
  return h("button", { class: "mention link", type: "button", onclick: () => page.open(id) }, `#${name}`);
}

function dateNode([, seconds, format, url], fallback, page) {
  const text = formatDate(seconds, format ?? "", unescape(fallback), page.clock);
  const title = formatDate(seconds, "{date_long} {time_secs}", fallback, page.clock);
  const node = h("time", { title }, text);
  return url ? link(unescape(url), node) : node;
}

/** The text without mark-up, as a push or a screen reader gets it. */
export function spoken(text, page) {
  const words = (nodes) => nodes.map((node) => node.text ?? (node.tag === "br" ? " " : words(node.kids))).join("");
  return words(h("p", {}, mrkdwn(text ?? "", page)).kids);
}
