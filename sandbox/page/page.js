/** Page: what is known (the snapshot), what is looked at (ui), and the few ways in which both change. */

import { knownZone } from "./dates.js";
import { Fields, slot } from "./fields.js";
import { spoken } from "./mrkdwn.js";
import { fetchState, listen, tell } from "./server.js";

const MEMORY = "oom-guard-sandbox";

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY)) ?? {};
  } catch {
    return {};
  }
}

export class Page {
  /** @type {Object} */ snapshot = null;
  fields = new Fields();
  busy = new Set();
  memory = remembered();
  ui = {
    place: "channel", tab: "home", channel: null, thread: null, rail: null, sidebar: false, popup: null, confirm: null,
    toasts: [], notice: null, announced: "", online: true, select: null, wire: { text: "", level: "all", open: null },
    search: "", drafts: {}, stops: {}, newFrom: {},
  };
  #draw;
  #stop = () => {};
  #loading = false;
  #again = false;
  #frame = 0;
  #held = false;

  /** @param {(page: Page) => void} draw */
  constructor(draw) {
    this.#draw = draw;
    this.ui.rail = this.memory.rail ?? null;
  }

  // ---- looking things up
  user = (id) => this.snapshot.users.find((each) => each.id === id);
  channel = (id) => this.snapshot.channels.find((each) => each.id === id);
  get me() { return this.user(this.snapshot.me); }
  get now() { return this.snapshot.now; }
  get clock() { return { zone: knownZone(this.me?.tz), now: this.snapshot.now, locale: this.me?.locale }; }
  get messages() { return this.snapshot.messages[this.ui.channel] ?? []; }
  get botChannel() {
    return this.snapshot.channels.find((each) => each.is_im && this.other(each) === this.snapshot.bot?.user_id);
  }

  /** The id of who one talks to in a direct message. */
  other = (channel) => (channel.members ?? []).find((each) => each !== this.snapshot.me) ?? channel.im_user;

  // ---- keeping up with the sandbox
  async start() {
    await this.refresh();
    if (!this.snapshot) return setTimeout(() => this.start(), 1000);
    this.#listen();
  }

  #listen() {
    this.#stop();
    this.#stop = listen(this.snapshot.me, (event) => this.#event(event), (online) => {
      if (online && !this.ui.online) this.refresh();
      if (online !== this.ui.online) this.set({ online });
    });
  }

  #event(event) {
    if (event.type === "changed") this.refresh();
    if (event.type !== "toast") return;
    const toast = { ...event, id: crypto.randomUUID() };
    this.set({ toasts: [...this.ui.toasts, toast].slice(-3) });
    setTimeout(() => this.dropToast(toast.id), 9000);
  }

  dropToast(id) {
    this.set({ toasts: this.ui.toasts.filter((each) => each.id !== id) });
  }

  /** Fetch the snapshot; calls that come meanwhile make one more fetch, not many. */
  async refresh() {
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    do {
      this.#again = false;
      await this.#load();
    } while (this.#again);
    this.#loading = false;
  }

  async #load() {
    try {
      let next = await fetchState(this.memory.user);
      if (!next.me) next = await fetchState(null); // someone of an earlier sandbox
      if (next.me) this.#accept(next);
    } catch {
      this.set({ online: false });
    }
  }

  #accept(next) {
    const before = this.snapshot;
    this.snapshot = next;
    const ui = this.ui;
    ui.online = true;
    if (!this.channel(ui.channel)) ui.channel = firstChannel(next)?.id ?? null;
    if (before?.me === next.me) this.#announce(before);
    this.render();
    this.#read();
  }

  /** Tell screen readers of what others wrote where the person looks. */
  #announce(before) {
    const known = new Set((before.messages[this.ui.channel] ?? []).map((each) => each.ts));
    const fresh = this.messages.filter((each) => !known.has(each.ts) && each.user !== this.snapshot.me);
    if (!fresh.length) return;
    this.ui.announced = fresh.map((each) => `${this.nameOf(each)}: ${spoken(each.text, this)}`).join(". ");
  }

  nameOf(message) {
    return message.username ?? this.user(message.user)?.real_name ?? (message.is_bot ? this.snapshot.bot?.name : "Someone");
  }

  /** What is on screen counts as read. */
  async #read() {
    const channel = this.ui.place === "channel" || this.ui.tab === "messages" ? this.channel(this.ui.channel) : null;
    if (!channel || !(channel.unread || channel.mentions) || document.visibilityState === "hidden") return;
    const roots = this.messages.filter((each) => !each.thread_ts || each.thread_ts === each.ts || each.broadcast);
    this.ui.newFrom[channel.id] ??= roots.at(-channel.unread)?.ts;
    if (this.busy.has("read")) return;
    this.busy.add("read");
    await tell("read", { user: this.snapshot.me, channel: channel.id });
    this.busy.delete("read");
  }

  // ---- changing what is looked at
  set(changes) {
    Object.assign(this.ui, changes);
    this.render();
  }

  /** Draw soon, once however often it is asked for; nothing is drawn before there is a snapshot. */
  render() {
    if (!this.snapshot) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (!this.#held) this.draw();
    });
  }

  /** While a pointer is pressed nothing moves or goes away under it, or its click would be lost. */
  hold() {
    this.#held = true;
  }

  /** The pointer is up: draw what came meanwhile, after the click. */
  release() {
    if (!this.#held) return;
    this.#held = false;
    this.render();
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#draw(this);
  }

  remember(changes) {
    Object.assign(this.memory, changes);
    localStorage.setItem(MEMORY, JSON.stringify(this.memory));
    this.render();
  }

  open(channel) {
    const isBot = channel === this.botChannel?.id;
    if (channel !== this.ui.channel) delete this.ui.newFrom[channel];
    this.set({ place: isBot ? "app" : "channel", tab: "messages", channel, thread: null, sidebar: false, popup: null });
    this.#read();
  }

  /** The app: its Home, or what there is of it when its manifest has none. */
  async openHome() {
    const { has_home: hasHome } = this.snapshot.bot;
    if (!hasHome && this.botChannel) return void this.open(this.botChannel.id);
    this.set({ place: "app", tab: "home", thread: null, sidebar: false, popup: null });
    if (hasHome) await this.say("home", {});
  }

  showRail(rail) {
    const next = this.ui.rail === rail ? null : rail;
    this.set({ rail: next, sidebar: false });
    this.remember({ rail: next });
  }

  async become(user) {
    this.fields = new Fields();
    this.set({ popup: null, thread: null, newFrom: {}, toasts: [] });
    this.remember({ user });
    await this.refresh();
    this.#listen();
    if (this.ui.place === "app" && this.ui.tab === "home") await this.say("home", {});
  }

  /** Drawn at once, so that the next key already meets the menu. */
  toggle(popup) {
    this.ui.popup = this.ui.popup === popup ? null : popup;
    this.draw();
  }

  // ---- doing something
  /** Do what the person asked for; a refusal is shown. */
  async say(verb, body) {
    const answer = await tell(verb, { user: this.snapshot.me, ...body });
    if (!answer.ok) this.complain(answer.error ?? "The sandbox refused.");
    return answer;
  }

  complain(notice) {
    this.set({ notice });
    clearTimeout(this.complaint);
    this.complaint = setTimeout(() => this.set({ notice: null }), 8000);
  }

  /** Press or change an element, after its confirm dialog if it has one.
   * @param {import("./fields.js").Scope} scope */
  act(scope, block, element, value) {
    const go = async () => {
      const key = Fields.key(scope, block, element);
      this.keep(scope, block, element, value);
      this.busy.add(key);
      this.render();
      await this.say("action", {
        container: scope.container, block_id: block.block_id, action_id: element.action_id, value,
        state: this.fields.state(scope),
      });
      this.busy.delete(key);
      this.render();
    };
    if (element.confirm) this.set({ confirm: { ...element.confirm, go }, popup: null });
    else return go();
  }

  /** Keep what was typed or chosen without telling anybody. */
  keep(scope, block, element, value) {
    if (slot(element.type)) this.fields.set(scope, block, element, value);
    this.render();
  }
}

const firstChannel = (snapshot) =>
  snapshot.channels.find((each) => each.name === "oom-alerts" && each.is_member) ??
  snapshot.channels.find((each) => each.is_member && !each.is_im) ?? snapshot.channels[0];
