/** App: the whole page, put together and kept in step with the snapshot. */

import { renderBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h, show } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { avatar, channelMessages, keepEnds, threadMessages } from "./messages.js";
import { confirmDialog, modal, toasts } from "./modal.js";
import { plain } from "./mrkdwn.js";
import { Page } from "./page.js";
import { placeAll } from "./popup.js";
import { rail, sidebar } from "./sidebar.js";
import { tongue } from "./tongue.js";
import { Tour } from "./tour.js";
import { wirePanel } from "./wire.js";
import { worldPanel } from "./world.js";

const root = document.getElementById("app");

/** @param {Page} page */
function draw(page) {
  const { ui } = page;
  page.tour.watch();
  document.documentElement.dataset.theme = page.memory.theme ?? "";
  document.title = title(page);
  show(root, [
    h("a", { class: "skip", href: "#compose", key: "skip" }, "Skip to the composer"),
    h("div", { class: `shell ${ui.sidebar ? "with-sidebar" : ""} ${ui.thread ? "with-thread" : ""} ${ui.rail ? "with-panel" : ""}`, key: "shell" },
      rail(page),
      sidebar(page),
      h("div", { class: "veil", key: "veil", onclick: () => page.set({ sidebar: false }) }),
      h("div", { class: "sheet", key: "sheet" },
        ui.place === "app" ? appView(page) : conversation(page),
        ui.thread && thread(page),
        ui.rail === "wire" && wirePanel(page),
        ui.rail === "world" && worldPanel(page))),
    page.tour.card(),
    modal(page),
    confirmDialog(page),
    toasts(page),
    h("div", { class: "sr", "aria-live": "polite", lang: tongue(ui.announced), key: "live" }, ui.announced),
  ]);
  keepEnds();
  placeAll();
}

function title(page) {
  const mentions = page.snapshot.channels.reduce((sum, each) => sum + (each.mentions ?? 0), 0);
  const where = page.ui.place === "app" ? page.snapshot.bot?.name : `#${page.channel(page.ui.channel)?.name}`;
  return `${mentions ? `(${mentions}) ` : ""}${where} · ${page.snapshot.workspace.name}`;
}

const sidebarButton = (page) => iconButton("menu", "Channels", () => page.set({ sidebar: true }),
  { class: "icon-button only-narrow" });

function conversation(page) {
  const channel = page.channel(page.ui.channel);
  if (!channel) return h("main", { class: "conversation", key: "none" },
    h("p", { class: "nothing" }, "There is no channel yet."));
  const name = channel.is_im ? page.user(page.other(channel))?.real_name : channel.name;
  const lead = channel.is_im ? avatar(page.user(page.other(channel)), page.snapshot.bot, "small")
    : icon(channel.is_private ? "lock" : "hash");
  return h("main", { class: "conversation", key: "conversation", "aria-label": name },
    h("header", { class: "bar" }, sidebarButton(page), lead, h("h2", {}, name),
      h("p", { class: "topic" }, plain(channel.topic ?? "")), members(page, channel)),
    channelMessages(page),
    channel.is_member ? composer(page, { channel: channel.id, label: `Message ${channel.is_im ? "" : "#"}${name}` })
      : h("p", { class: "nothing" }, "You are not a member of this channel."));
}

function members(page, channel) {
  const users = (channel.members ?? []).map(page.user).filter(Boolean);
  const names = users.map((each) => each.real_name ?? each.name).join(", ");
  return users.length > 0 && h("span",
    { class: "members", title: names, role: "img", "aria-label": `${users.length} members: ${names}` },
    users.slice(0, 3).map((each) => avatar(each, page.snapshot.bot, "small")), String(users.length));
}

/** The app's own place: its Home tab and the direct messages with it. */
function appView(page) {
  const { bot, home } = page.snapshot;
  const go = { home: () => page.openHome(), messages: () => page.open(page.botChannel.id) };
  const tab = (name, label) => h("button", {
    type: "button", role: "tab", "aria-selected": String(page.ui.tab === name), onclick: go[name],
  }, label);
  const inHome = page.ui.tab === "home" || !page.botChannel;
  const scope = home && { key: `h:${page.snapshot.me}`, container: { type: "home" }, blocks: home.blocks };
  return h("main", { class: "conversation app-view", key: "app", "aria-label": bot?.name },
    h("header", { class: "bar" }, sidebarButton(page),
      h("span", { class: "avatar bot small", "aria-hidden": "true" }, bot?.emoji), h("h2", {}, bot?.name),
      h("span", { class: "app-badge" }, "APP")),
    h("div", { class: "tabs", role: "tablist", "aria-label": "App" }, bot?.has_home && tab("home", "Home"),
      page.botChannel && tab("messages", "Messages")),
    inHome
      ? h("div", { class: "scroller home", key: "home" },
        scope ? renderBlocks(home.blocks, scope, page)
        : h("p", { class: "nothing" }, bot?.has_home ? `${bot.name} has not published its Home yet.`
          : `${bot?.name} has no Home tab: you meet it in channels, and by its slash commands.`))
      : [channelMessages(page), composer(page, { channel: page.botChannel.id, label: `Message ${bot.name}` })]);
}

function thread(page) {
  const close = () => page.set({ thread: null });
  const channel = page.channel(page.ui.channel);
  return h("aside", { class: "thread", key: "thread", "aria-label": "Thread",
    onkeydown: (event) => event.key === "Escape" && !event.defaultPrevented && !event.target.closest(".message > *") && close() },
    h("header", { class: "bar" }, iconButton("back", "Back", close, { class: "icon-button only-narrow" }),
      h("h2", {}, "Thread"), h("p", { class: "topic" }, channel?.is_im ? "" : `#${channel?.name}`),
      iconButton("close", "Close thread", close, { class: "icon-button not-narrow" })),
    threadMessages(page),
    composer(page, { channel: page.ui.channel, thread: page.ui.thread, label: "Reply…" }));
}

const page = new Page(draw);
page.tour = new Tour(page);
addEventListener("resize", () => { keepEnds(); placeAll(); });
document.addEventListener("scroll", placeAll, true);
document.addEventListener("load", () => page.render(), true);
for (const lifted of ["pointerup", "pointercancel", "contextmenu"]) document.addEventListener(lifted, () => page.release());
document.addEventListener("pointermove", (event) => event.buttons || page.release()); // it was lifted elsewhere
document.addEventListener("pointerdown", (event) => {
  if (event.button === 0) page.hold();
  if (page.ui.popup && !event.target.closest?.(".menu-anchor")) page.set({ popup: null });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && page.ui.sidebar) page.set({ sidebar: false });
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && page.refresh());
page.start();
