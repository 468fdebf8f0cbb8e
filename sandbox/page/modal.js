/** Modal: the view on top of the person's stack, and the dialogs that ask "are you sure?". */

import { renderBlocks } from "./blocks.js";
import { h, refocus } from "./dom.js";
import { text } from "./elements.js";
import { icon, iconButton } from "./icons.js";
import { tongue } from "./tongue.js";

/** @typedef {import("./page.js").Page} Page */

/** The browser's own dialog: it traps focus and makes the rest inert. Afterwards focus returns whence it came. */
function dialog(props, close, ...kids) {
  return h("dialog", {
    ...props, oncancel: (event) => { event.preventDefault(); close(); },
    born: (el) => { el.back = document.activeElement; el.showModal(); (el.querySelector("[autofocus], .modal-body input, .modal-body textarea") ?? el.querySelector(".primary"))?.focus(); },
    gone: (el) => refocus(document, el.back),
  }, kids);
}

/** @param {Page} page */
export function modal(page) {
  const views = page.snapshot.views ?? [];
  const view = views.at(-1);
  if (!view) return null;
  const scope = { key: `v:${view.id}`, container: { type: "view", view_id: view.id }, blocks: view.blocks,
    saved: view.state, errors: view.errors };
  const busy = view.busy || page.busy.has(view.id);
  const close = () => finish(page, view, "close", { view_id: view.id });
  const submit = (event) => {
    event.preventDefault();
    if (!busy) finish(page, view, "submit", { view_id: view.id, state: page.fields.state(scope) });
  };
  return dialog({ class: "modal", key: "modal", lang: tongue(view.title, view.blocks), "aria-labelledby": "modal-title" }, close,
    h("form", { key: view.id, onsubmit: submit, novalidate: true, "aria-busy": busy ? "true" : null },
      h("header", {},
        views.length > 1 && iconButton("back", "Back", close),
        h("span", { class: "avatar bot small", "aria-hidden": "true" }, page.snapshot.bot?.emoji),
        h("h2", { id: "modal-title" }, text(view.title, page)),
        iconButton("close", "Close", close)),
      h("div", { class: "modal-body" }, renderBlocks(view.blocks, scope, page)),
      h("footer", {},
        h("button", { type: "button", class: "button", onclick: close },
          text(view.close, page) ?? (view.submit ? "Cancel" : "Close")),
        view.submit && h("button",
          { type: "submit", class: `button primary ${busy ? "busy" : ""}`, disabled: Boolean(busy) },
          text(view.submit, page)))));
}

/** Tell the sandbox, show that it takes time, then lead the eye to the first mistake. */
async function finish(page, view, verb, body) {
  if (page.busy.has(view.id)) return;
  page.busy.add(view.id);
  page.render();
  await page.say(verb, body);
  await page.refresh();
  page.busy.delete(view.id);
  page.draw();
  document.querySelector(".modal [aria-invalid=true]")?.focus();
}

/** The confirm dialog of an element. @param {Page} page */
export function confirmDialog(page) {
  const asked = page.ui.confirm;
  if (!asked) return null;
  const close = () => page.set({ confirm: null });
  const go = () => { close(); asked.go(); };
  return dialog({ class: "modal confirm", key: "confirm", lang: tongue(asked.title, asked.text), "aria-labelledby": "confirm-title",
    "aria-describedby": "confirm-text" }, close,
    h("header", {}, h("h2", { id: "confirm-title" }, text(asked.title, page)), iconButton("close", "Close", close)),
    h("div", { class: "modal-body", id: "confirm-text" }, text(asked.text, page)),
    h("footer", {},
      h("button", { type: "button", class: "button", onclick: close }, text(asked.deny, page) ?? "Cancel"),
      h("button", { type: "button", class: `button ${asked.style ?? "primary"}`, onclick: go },
        text(asked.confirm, page) ?? "Yes")));
}

/** A phone's push, and a sentence when something was refused. @param {Page} page */
export function toasts(page) {
  const go = (toast) => { page.dropToast(toast.id); if (page.channel(toast.channel)) page.open(toast.channel); };
  return [
    h("div", { class: "toasts", key: "toasts", role: "status", "aria-label": "Phone notifications" },
      page.ui.toasts.map((toast) =>
      h("div", { class: "toast", key: toast.id },
        h("button", { type: "button", class: "toast-body", lang: tongue(toast.text), onclick: () => go(toast) },
          h("span", { class: "avatar bot", "aria-hidden": "true" }, page.snapshot.bot?.emoji),
          h("span", {}, h("span", { class: "toast-title" }, h("b", {}, toast.title), h("small", {}, "now")),
            h("span", { class: "toast-text" }, toast.text))),
        iconButton("close", "Dismiss", () => page.dropToast(toast.id))))),
    page.ui.notice && h("div",
      { class: "notice", key: `notice-${page.ui.notice}`, role: "alert", popover: "manual",
      born: (el) => el.showPopover() }, h("span", {}, page.ui.notice),
      iconButton("close", "Dismiss", () => page.set({ notice: null }))),
    !page.ui.online && h("div", { class: "offline", key: "offline", role: "status" }, icon("wire"),
      "The sandbox does not answer; trying again…"),
  ];
}
