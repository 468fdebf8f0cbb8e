/** Icons: line drawings on a 20 × 20 grid. */

import { h } from "./dom.js";

const PATHS = {
  hash: "M8 3 6 17M14 3l-2 14M4 7.5h13M3 12.5h13",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  send: "M3 3.5 17.5 10 3 16.5l2-5.5 6-1-6-1z",
  close: "m5 5 10 10M15 5 5 15",
  back: "m12 4-6 6 6 6",
  menu: "M3 5h14M3 10h14M3 15h14",
  chevron: "m5.5 8 4.5 4.5L14.5 8",
  dots: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  thread: "M4 4h12v9H9l-4 3.5V13H4zM7 7.5h6M7 10h4",
  home: "m3 9 7-6 7 6v8h-5v-5H8v5H3z",
  wire: "M7 2v4M13 2v4M5 6h10v3a5 5 0 0 1-10 0zM10 14v4",
  world: "M3 16h14M5 16v-5M10 16V4M15 16V8",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M16 4l-1.4 1.4M5.4 14.6 4 16",
  moon: "M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  down: "M10 4v12M5 11l5 5 5-5",
  check: "m4 10.5 4 4 8-9",
  code: "m7 5-5 5 5 5M13 5l5 5-5 5",
  slash: "M13 3 7 17",
  tour: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M8 8a2 2 0 1 1 3 1.7c-.7.4-1 .8-1 1.8M10 14v.01",
};

/** Decoration only: whatever bears an icon has its own accessible name. */
export const icon = (name) =>
  h("svg", { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" }, h("path", { d: PATHS[name] }));

/** A square button with an icon and a name. */
export const iconButton = (name, label, onclick, props = {}) =>
  h("button", { type: "button", class: "icon-button", title: label, "aria-label": label, onclick, ...props }, icon(name));
