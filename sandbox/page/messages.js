/** Messages: a channel's or thread's list with day lines, grouped authors, replies and reactions. */

import { renderAttachment, renderBlocks } from "./blocks.js";
import { ago, dayName, dayOf, timeOf } from "./dates.js";
import { h } from "./dom.js";
import { image } from "./elements.js";
import { emoji } from "./emoji.js";
import { icon, iconButton } from "./icons.js";
import { mrkdwn, spoken } from "./mrkdwn.js";
import { rove } from "./popup.js";
import { tongue } from "./tongue.js";

/** @typedef {import("./page.js").Page} Page */

const QUICK = ["eyes", "white_check_mark", "+1"];
const GROUP_SECONDS = 300;
const millis = (ts) => Number(ts) * 1000;
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
const replyCount = (count) => (count === 1 ? "1 reply" : `${count} replies`);

/** @param {Object} user a person or undefined @param {Object} bot shown when the author is the app */
export function avatar(user, bot, size = "") {
  if (!user || user.is_bot) return h("span", { class: `avatar bot ${size}`, "aria-hidden": "true" }, bot?.emoji ?? "🤖");
  return h("span", { class: `avatar ${size}`, style: { "--face": `#${(user.color ?? "4a154b").replace("#", "")}` },
    "aria-hidden": "true" }, user.initials ?? user.name[0]);
}

/** Roots (and replies that were also sent to the channel) of what is open. @param {Page} page */
export function channelMessages(page) {
  const shown = (each) => (!isReply(each) || each.broadcast) && (!each.deleted || each.reply_count);
  return list(page, page.messages.filter(shown), { thread: false, label: `Messages in ${page.channel(page.ui.channel)?.name}` });
}

/** The parent and its replies. */
export function threadMessages(page) {
  const root = page.messages.find((each) => each.ts === page.ui.thread);
  const replies = page.messages.filter((each) => isReply(each) && each.thread_ts === page.ui.thread && !each.deleted);
  return list(page, root ? [root, ...replies] : replies, { thread: true, label: "Thread" });
}

/** What stands in a channel before anything else does. */
const beginning = (channel) => h("li", { class: "beginning" },
  !channel?.is_im && h("b", {}, `# ${channel?.name}`),
  h("p", {}, channel?.is_im ? "Nothing has been written here yet." : `This is the very beginning of #${channel?.name}.`));

/** One list. It stays at its end while the person is there, and keeps one stop for the Tab key. */
function list(page, messages, { thread, label }) {
  const key = thread ? `thread-${page.ui.thread}` : `list-${page.ui.channel}`;
  const kept = page.ui.stops[key];
  const stop = messages.some((each) => each.ts === kept) ? kept : messages.at(-1)?.ts;
  const rows = [];
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const [from, to] = [before, message].map((each) => each && dayOf(millis(each.ts), page.clock.zone));
    if (from !== to && !thread) rows.push(dayLine(message, page, to));
    const fresh = !thread && page.ui.newFrom[page.ui.channel] === message.ts;
    if (fresh) rows.push(h("li", { class: "new-line", key: "new", role: "separator" }, h("span", {}, "New")));
    const grouped = follows(before, message) && from === to && !fresh && !(thread && at === 1);
    rows.push(row(message, { page, thread, grouped, stop: message.ts === stop }));
    if (thread && at === 0 && messages.length > 1)
      rows.push(h("li", { class: "reply-line", key: "replies" }, h("span", {}, replyCount(messages.length - 1))));
  });
  return [h("div", { class: "scroller", key, "data-end": "yes", onscroll: noteEnd, born: toEnd },
    h("ol", { class: "messages", "aria-label": label, onkeydown: (event) => keys(event, page),
      onfocusin: (event) => remember(event, page, key) },
      messages.length ? rows : beginning(page.channel(page.ui.channel)))),
    h("button", { type: "button", class: "jump", onclick: (event) => toEnd(event.currentTarget.previousSibling) },
      icon("down"), "Newest"),
  ];
}

function remember(event, page, key) {
  const ts = event.target.closest(".message")?.dataset.ts;
  if (!ts || page.ui.stops[key] === ts) return;
  page.ui.stops[key] = ts;
  page.render();
}

const toEnd = (el) => el.scrollTo(0, el.scrollHeight);

/** Only who scrolls up leaves the end; a picture that loads late does not take anybody away from it. */
function noteEnd(event) {
  const el = event.currentTarget;
  if (el.scrollHeight - el.scrollTop - el.clientHeight < 60) el.dataset.end = "yes";
  else if (el.scrollTop < el.before) el.dataset.end = "no";
  el.before = el.scrollTop;
}

/** Call after drawing: lists that were at their end are there again. */
export const keepEnds = () => document.querySelectorAll(".scroller[data-end=yes]").forEach(toEnd);

function dayLine(message, page, day) {
  return h("li", { class: "day-line", key: `day-${day}`, role: "separator" },
    h("span", {}, dayName(millis(message.ts), page.clock.zone, page.now)));
}

/** Is it from the same author, soon after, with nothing special about either? Then it needs no second name. */
function follows(before, message) {
  const special = (each) => each.ephemeral_for || each.broadcast || each.reply_count;
  const author = (each) => `${each.user} ${each.is_bot} ${each.username}`;
  return before && author(before) === author(message) && !special(before) && !message.ephemeral_for &&
    !message.broadcast && Number(message.ts) - Number(before.ts) < GROUP_SECONDS;
}

/** Arrow keys go from message to message, Enter or T opens the thread, Escape comes back from a control. */
function keys(event, page) {
  const message = event.target.closest(".message");
  if (event.key === "Escape" && event.target !== message && !event.defaultPrevented) message?.focus();
  if (event.target !== message) return;
  if (rove(event, event.currentTarget, ":scope > .message")) return;
  if (event.key === "Enter" || event.key === "t") openThread(page, message.dataset.thread);
}

const openThread = (page, ts) => ts && page.set({ thread: ts, rail: innerWidth < 1200 ? null : page.ui.rail });

function row(message, { page, thread, grouped, stop }) {
  const user = page.user(message.user);
  const name = page.nameOf(message);
  const private_ = Boolean(message.ephemeral_for);
  const time = h("time", { class: "stamp", title: new Date(millis(message.ts)).toISOString() },
    timeOf(millis(message.ts), page.clock.zone));
  const root = thread || private_ ? null : message.thread_ts ?? message.ts;
  return h("li", {
    class: `message ${grouped ? "grouped" : ""} ${private_ ? "private" : ""} ${message.deleted ? "deleted" : ""}`,
    key: message.ts + (private_ ? "e" : ""), tabindex: stop ? "0" : "-1", "data-ts": message.ts, "data-thread": root,
    lang: tongue(message.text), "aria-label": `${name}, ${timeOf(millis(message.ts), page.clock.zone)}: ${spoken(message.text, page).slice(0, 300)}`,
  },
    h("div", { class: "gutter" },
      grouped ? time : message.is_bot ? avatar(null, page.snapshot.bot) : avatar(user, page.snapshot.bot)),
    h("div", { class: "content" },
      private_ && h("div", { class: "only-you", lang: "en" }, icon("eye"), "Only visible to you"),
      message.broadcast && !thread && backToThread(message, page),
      !grouped && h("div", { class: "author", lang: "en" }, h("b", {}, name),
        message.is_bot && h("span", { class: "app-badge" }, "APP"), time),
      body(message, page, thread ? "t" : "m"),
      reactions(message, page),
      !thread && message.reply_count > 0 && replies(message, page)),
    !private_ && !message.deleted && tools(message, page, root));
}

const backToThread = (message, page) => h("button", {
  type: "button", class: "link broadcast", lang: "en", onclick: () => openThread(page, message.thread_ts),
}, "replied to a thread");

/** `where` tells the same message in the channel and in its thread apart. */
function body(message, page, where) {
  if (message.deleted) return h("em", {}, "This message was deleted.");
  const attachments = message.attachments ?? [];
  const blocks = [...(message.blocks ?? []), ...attachments.flatMap((each) => each.blocks ?? [])];
  const scope = { key: `${where}:${page.ui.channel}:${message.ts}`,
    container: { type: "message", channel: page.ui.channel, ts: message.ts }, blocks };
  const edited = message.edited && h("span", { class: "edited" }, " (edited)");
  return [
    message.blocks?.length
      ? renderBlocks(message.blocks, scope, page)
      : message.text && h("div", { class: "text" }, mrkdwn(message.text, page), edited),
    attachments.map((each) => renderAttachment(each, scope, page)),
    (message.files ?? []).map((file) => fileCard(file)),
  ];
}

function fileCard(file) {
  const href = `/page/file/${file.id}`;
  const name = file.title || file.name;
  if (file.mimetype?.startsWith("image/"))
    return h("figure", { class: "file", key: file.id, lang: tongue(name, file.alt_txt ?? "") }, h("figcaption", {}, name),
      h("a", { href, target: "_blank" },
      image({ slack_file: file, alt_text: file.alt_txt ?? name }, { class: "picture" })));
  return h("a", { class: "file-card", key: file.id, href, target: "_blank", download: file.name },
    h("span", { class: "emoji" }, "📄"),
    h("span", {}, h("b", {}, name),
      h("small", {}, [file.mimetype, file.size && `${Math.ceil(file.size / 1024)} kB`].filter(Boolean).join(" · "))));
}

const react = (page, message, name) => page.say("react", { channel: page.ui.channel, ts: message.ts, name });

function reactions(message, page) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map((each) => {
    const who = each.users.map((id) => page.user(id)?.name ?? id).join(", ");
    const mine = each.users.includes(page.snapshot.me);
    return h("button", { type: "button", key: each.name, class: mine ? "reaction mine" : "reaction",
      "aria-pressed": String(mine), title: `${who} reacted with :${each.name}:`,
      "aria-label": `${each.name}, ${each.users.length}: ${who}`, onclick: () => react(page, message, each.name) },
      h("span", { class: "emoji" }, emoji(each.name) ?? `:${each.name}:`), String(each.users.length));
  }));
}

function replies(message, page) {
  const face = (id) => h("span", { key: id }, avatar(page.user(id), page.snapshot.bot, "small"));
  const faces = (message.reply_users ?? []).slice(0, 4).map(face);
  return h("button", { type: "button", class: "replies", lang: "en", onclick: () => openThread(page, message.ts) }, faces,
    h("b", {}, replyCount(message.reply_count)),
    message.latest_reply && h("small", {}, `Last reply ${ago(millis(message.latest_reply), page.now)}`));
}

function tools(message, page, root) {
  return h("div", { class: "tools", lang: "en", role: "group", "aria-label": "Message actions" },
    QUICK.map((name) => h("button", {
      type: "button", class: "icon-button", title: `React with :${name}:`, tabindex: "-1",
      "aria-label": `React with ${name.replaceAll("_", " ")}`, onclick: () => react(page, message, name),
    }, h("span", { class: "emoji" }, emoji(name)))),
    root && iconButton("thread", "Reply in thread", () => openThread(page, root)));
}
