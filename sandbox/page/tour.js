/** Tour: the first minute, as steps that tick themselves off by watching what happens. */

import { h } from "./dom.js";
import { icon, iconButton } from "./icons.js";

/** @typedef {import("./page.js").Page} Page */

const everything = (snapshot) => Object.values(snapshot.messages).flat();
const botMessages = (snapshot) => everything(snapshot).filter((each) => each.is_bot && !each.ephemeral_for);
const wireKinds = (snapshot) => snapshot.wire.map((each) => `${each.id} ${each.kind}`);
const since = (start, snapshot, pattern) => wireKinds(snapshot).some((each) => pattern.test(each)
  && !start.wire.has(each));
const wordsOf = (message) => `${message.text} ${JSON.stringify(message.blocks ?? "")}${JSON.stringify(message.attachments ?? "")}`;

/** `done` compares now with the start; `target` is what "Show me" leads to. */
const STEPS = [
  { title: "Kill a task", target: ".scenario",
    why: "In the sidebar, under “Make something happen”. A container then runs out of memory.",
    done: (page, start) => kills(page.snapshot) > start.kills },
  { title: "Read the alert", why: "One message tells what died, where, why and what to do.",
    target: ".entry.unread, .message:last-child",
    done: (page, start) => page.ui.place === "channel" && kills(page.snapshot) > start.kills
      && page.messages.some((each) => each.is_bot && !each.ephemeral_for && !start.texts.has(each.ts)) },
  { title: "Acknowledge it", why: "Press the button in the alert: others see that you are on it.",
    target: ".message .button.primary, .message .button",
    done: (page, start) => botMessages(page.snapshot).some((each) => /acknowledged/iu.test(wordsOf(each))
      && wordsOf(each) !== start.texts.get(each.ts)) },
  { title: "Ask for the figures", why: "Type /oom stats and the service's name. Only you see the answer.",
    target: "#compose",
    done: (page, start) => since(start, page.snapshot, /slash_command/u) },
  { title: "Give it more memory", target: ".message .button.primary, .message .button",
    why: "Press “Resize…” in the alert. The form shows the plan before anything happens; then “Change memory”.",
    done: (page, start) => raised(page.snapshot, start).length > 0 },
  { title: "Watch it heal", target: ".place[aria-label^='World']",
    why: "New tasks with more memory take over, the old ones stop. World shows it live.",
    done: (page, start) => raised(page.snapshot, start).some((each) => each.state === "running"
      && each.running >= each.desired && each.rollout === "COMPLETED") },
  { title: "Silence it", why: "“Silence…” in the alert: for how long, and why.",
    target: ".message .overflow, .message .button",
    done: (page, start) => botMessages(page.snapshot).some((each) => /\*Silenced\*/u.test(wordsOf(each))
      && wordsOf(each) !== start.texts.get(each.ts)) },
  { title: "Look behind the curtain", why: "The wire log shows every call. Open one.",
    target: ".place[aria-label^='Wire log']",
    done: (page) => Boolean(page.ui.rail === "wire" && page.ui.wire.open) },
];

const kills = (snapshot) => (snapshot.world?.workloads ?? []).reduce((sum, each) => sum + (each.kills ?? 0), 0);

/** The workloads with a newer revision and a higher limit than at the start. */
const raised = (snapshot, start) => (snapshot.world?.workloads ?? []).filter((each) => start.sizes.has(each.id)
  && each.revision > start.sizes.get(each.id).revision && each.limit_mib > start.sizes.get(each.id).limit_mib);

export class Tour {
  #start = null;

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
  }

  get memory() { return this.page.memory.tour ?? { open: true, done: [] }; }

  toggle() {
    const again = this.memory.done.length === STEPS.length && !this.memory.open;
    if (again) this.#start = null;
    this.page.remember({ tour: { open: !this.memory.open, done: again ? [] : this.memory.done } });
  }

  /** Call before drawing: tick what has happened meanwhile. */
  watch() {
    const { page } = this;
    const texts = () => new Map(botMessages(page.snapshot).map((each) => [each.ts, wordsOf(each)]));
    this.#start ??= { texts: texts(), wire: new Set(wireKinds(page.snapshot)), kills: kills(page.snapshot),
      sizes: new Map((page.snapshot.world?.workloads ?? []).map((each) => [each.id, each])) };
    if (!this.memory.open) return;
    const done = STEPS.map((_, at) => at).filter((at) => this.memory.done.includes(at)
      || STEPS[at].done(page, this.#start));
    if (done.length !== this.memory.done.length || !page.memory.tour) page.remember({ tour: { ...this.memory, done } });
  }

  card() {
    const { open, done } = this.memory;
    if (!open) return null;
    const next = STEPS.findIndex((_, at) => !done.includes(at));
    return h("aside", { class: "tour", key: "tour", "aria-label": "Tour of the first minute" },
      h("header", {}, h("b", {}, next < 0 ? "That is OOM Guard" : "Your first minute"),
        h("small", {}, `${done.length} of ${STEPS.length}`),
        iconButton("close", "Close the tour", () => this.toggle())),
      h("div", { class: "progress", "aria-hidden": "true" },
        h("span", { style: { width: `${(100 * done.length) / STEPS.length}%` } })),
      next < 0 ? h("p", {}, "You have seen a kill, its alert and its cure. Try the other scenarios: a leak, a storm, Slack being down.")
        : h("ol", {}, STEPS.map((step, at) => this.#step(step, at, done.includes(at), at === next))));
  }

  #step({ title, why, target }, at, done, current) {
    return h("li", { key: title, class: `${done ? "done" : ""} ${current ? "current" : ""}`,
      "aria-current": current ? "step" : null },
      h("span", { class: "tick" }, done ? icon("check") : String(at + 1)),
      h("div", {}, h("span", {}, title, done && h("span", { class: "sr" }, " (done)")), current && h("p", {}, why),
        current && h("button", { type: "button", class: "button small", onclick: () => this.#show(target) },
          "Show me")));
  }

  /** Lead eye and focus to the place; on a small screen the sidebar opens first. */
  #show(target) {
    const { page } = this;
    if (target.startsWith(".scenario")) page.set({ sidebar: true });
    page.draw();
    const el = document.querySelector(target);
    el?.scrollIntoView({ block: "nearest" });
    el?.focus();
    el?.animate([{ outlineColor: "#e8912d" }, { outlineColor: "transparent" }], { duration: 1800 });
  }
}
