/** Sidebar: channels, people, apps and the sandbox's own buttons; beside it the rail of places. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./messages.js";
import { plain } from "./mrkdwn.js";
import { menuButton } from "./popup.js";

/** @typedef {import("./page.js").Page} Page */

const MANY = 8;

/** @param {Page} page */
export function sidebar(page) {
  const { channels, workspace } = page.snapshot;
  const rooms = channels.filter((each) => !each.is_im && each.is_member && !each.is_archived);
  const people = channels.filter((each) => each.is_im && each !== page.botChannel);
  return h("nav", { class: "sidebar", "aria-label": "Channels and apps" },
    h("div", { class: "workspace" }, h("h1", {}, workspace.name)),
    h("div", { class: "sections" },
      section("Channels", rooms.map((each) => entry(page, each, icon(each.is_private ? "lock" : "hash"), each.name))),
      people.length > 0 && section("Direct messages", people.map((each) => directMessage(page, each))),
      section("Apps", app(page)),
      scenarios(page)));
}

const section = (title, entries) =>
  h("section", { key: title, "aria-label": title }, h("h2", {}, title), h("ul", {}, entries));

function directMessage(page, channel) {
  const user = page.user(page.other(channel));
  return entry(page, channel, avatar(user, null, "tiny"), user?.real_name ?? channel.name);
}

function entry(page, channel, lead, name) {
  const open = page.ui.channel === channel.id && page.ui.place === "channel";
  const count = channel.unread ? `, ${channel.unread} unread` : "";
  return h("li", { key: channel.id }, h("button", {
    type: "button", class: `entry ${open ? "open" : ""} ${channel.unread ? "unread" : ""}`,
    "aria-current": open ? "page" : null, onclick: () => page.open(channel.id),
    "aria-label": `${name}${count}${channel.mentions ? `, ${channel.mentions} mentions` : ""}`,
  }, lead, h("span", { class: "name" }, name), badge(channel)));
}

const badge = ({ mentions, unread }) =>
  mentions > 0
    ? h("span", { class: "badge" }, String(mentions))
    : unread > 0 && h("span", { class: "count" }, String(unread));

function app(page) {
  const bot = page.snapshot.bot;
  if (!bot) return h("li", { class: "quiet" }, "No app has called yet");
  const open = page.ui.place === "app";
  const direct = page.botChannel;
  return h("li", { key: "app" }, h("button", {
    type: "button", class: `entry ${open ? "open" : ""} ${direct?.unread ? "unread" : ""}`,
    "aria-current": open ? "page" : null, onclick: () => page.openHome(),
  }, avatar(null, bot, "tiny"), h("span", { class: "name" }, bot.name), direct && badge(direct)));
}

/** What can be made to happen, in groups that fold; a search looks into all of them. */
function scenarios(page) {
  const all = page.snapshot.world?.scenarios ?? [];
  const words = page.ui.search.toLowerCase();
  const found = all.filter((each) => `${each.title} ${each.description}`.toLowerCase().includes(words));
  return all.length > 0 && h("section", { key: "sandbox", "aria-label": "Sandbox", class: "scenarios" },
    h("h2", {}, "Make something happen"),
    all.length > MANY && h("input",
      { type: "search", placeholder: "Search scenarios", "aria-label": "Search scenarios", value: page.ui.search,
      oninput: (event) => page.set({ search: event.target.value }) }),
    [...Map.groupBy(found, (each) => each.group)].map(([name, some]) => group(page, name, some, words !== "")),
    !found.length && h("p", { class: "quiet" }, "No such scenario"));
}

/** One group: at first only the one in which the tour begins is open. */
function group(page, name, some, searching) {
  const unfolded = page.memory.unfolded ?? [page.snapshot.world.scenarios[0].group];
  const open = searching || unfolded.includes(name);
  const turn = () => page.remember({ unfolded: open ? unfolded.filter((each) => each !== name) : [...unfolded, name] });
  return h("div", { key: name },
    !searching && h("button", { type: "button", class: "fold", "aria-expanded": String(open), onclick: turn },
      icon("chevron"), h("span", {}, name), h("small", {}, String(some.length))),
    open && h("ul", {}, some.map((each) => scenario(page, each))));
}

function scenario(page, { name, title, emoji, description }) {
  const busy = page.busy.has(`scenario ${name}`);
  const run = async () => {
    page.busy.add(`scenario ${name}`);
    page.set({ sidebar: false });
    await page.say("scenario", { name });
    page.busy.delete(`scenario ${name}`);
    page.render();
  };
  return h("li", { key: name },
    h("button", { type: "button", class: `scenario ${busy ? "busy" : ""}`, "data-scenario": name,
    "aria-busy": busy ? "true" : null, onclick: () => busy || run() },
    h("span", { class: "emoji" }, emoji?.startsWith(":") ? plain(emoji) : emoji),
    h("span", {}, title, h("small", {}, description))));
}

/** Places: what one looks at, how, and as whom. @param {Page} page */
export function rail(page) {
  const { ui } = page;
  const wrong = page.snapshot.wire.filter((each) => each.level === "error").length;
  const killed = page.snapshot.world?.workloads.filter((each) => each.state !== "running").length ?? 0;
  const place = (name, label, pressed, onclick, badgeCount = 0) => h("button", {
    type: "button", class: "place", key: name, "aria-pressed": String(pressed),
    "aria-label": badgeCount ? `${label}, ${badgeCount}` : label, onclick,
  }, icon(name), h("span", {}, label),
  badgeCount > 0 && h("span", { class: "badge" }, String(Math.min(badgeCount, 99))));
  return h("nav", { class: "rail", "aria-label": "Places" },
    h("span", { class: "logo", "aria-hidden": "true" }, page.snapshot.workspace.name[0]),
    place("home", "Home", ui.sidebar,
      () => page.set({ sidebar: !ui.sidebar, rail: innerWidth < 768 ? null : ui.rail })),
    place("wire", "Wire log", ui.rail === "wire", () => page.showRail("wire"), wrong),
    place("world", "World", ui.rail === "world", () => page.showRail("world"), killed),
    place("tour", "Tour", Boolean(page.memory.tour?.open), () => page.tour.toggle()),
    h("span", { class: "grow" }),
    theme(page),
    whoami(page));
}

function theme(page) {
  const dark = page.memory.theme ? page.memory.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = dark ? "Light theme" : "Dark theme";
  return h("button", { type: "button", class: "place theme", "aria-label": label, title: label,
    onclick: () => page.remember({ theme: dark ? "light" : "dark" }) }, icon(dark ? "sun" : "moon"));
}

function whoami(page) {
  const items = page.snapshot.users.filter((each) => !each.is_bot).map((each) => ({
    label: each.real_name ?? each.name, description: each.title, lead: avatar(each, null, "small"),
    checked: each.id === page.snapshot.me, pick: () => page.become(each.id),
  }));
  return menuButton(page, { id: "whoami", class: "place me", label: `You are ${page.me?.real_name}. Be someone else`,
    face: [avatar(page.me, null), page.me?.online !== false && h("i", { class: "online" })], items });
}
