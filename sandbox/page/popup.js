/** Popups: menus and lists in the browser's top layer, placed beside what opened them. */

import { h } from "./dom.js";

/** Put the popup under its parent, or above when there is no room, always inside the window. */
function place(el) {
  const anchor = el.parentElement.getBoundingClientRect();
  el.style.minWidth = `${Math.min(anchor.width, 480)}px`;
  const below = innerHeight - anchor.bottom > el.offsetHeight + 12 || anchor.top < el.offsetHeight;
  const top = below ? anchor.bottom + 4 : anchor.top - el.offsetHeight - 4;
  el.style.top = `${Math.max(8, Math.min(top, innerHeight - el.offsetHeight - 8))}px`;
  el.style.left = `${Math.max(8, Math.min(anchor.left, innerWidth - el.offsetWidth - 8))}px`;
}

export const placeAll = () => document.querySelectorAll(".popup").forEach(place);

export const popup = (props, ...kids) =>
  h("div", { popover: "manual", class: "popup", ...props,
    born: (el) => { el.showPopover(); place(el); props.born?.(el); } }, kids);

/** Arrow keys, Home and End move among the elements that match; returns whether the key was one of these. */
export function rove(event, within, selector) {
  const all = [...within.querySelectorAll(selector)];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || !all.length) return false;
  event.preventDefault();
  all[Math.max(0, Math.min(to, all.length - 1))].focus();
  return true;
}

/** A button that opens a menu. Items: {label, description?, pick, checked?, lead?}.
 * @param {import("./page.js").Page} page */
export function menuButton(page, { id, label, face, items, ...props }) {
  const open = page.ui.popup === id;
  const close = (event) => {
    page.set({ popup: null });
    event.currentTarget.closest(".menu-anchor").firstChild.focus();
  };
  const keys = (event) => {
    if (event.key === "Tab") return page.set({ popup: null });
    if (rove(event, event.currentTarget, "[role^=menuitem]") || event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close(event);
  };
  const item = (each) => h("button", {
    type: "button", class: "menu-item", role: each.checked === undefined ? "menuitem" : "menuitemradio", tabindex: "-1",
    "aria-checked": each.checked === undefined ? null : String(each.checked),
    onclick: (event) => { close(event); each.pick(); },
  }, each.lead, h("span", {}, each.label, each.description && h("small", {}, each.description)));
  return h("span", { class: "menu-anchor", key: id },
    h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": String(open), "aria-label": label,
      title: label, onclick: () => page.toggle(id), ...props }, face),
    open && popup({ role: "menu", "aria-label": label, onkeydown: keys,
      born: (el) => el.querySelector("[role^=menuitem]")?.focus() }, items.map(item)));
}
