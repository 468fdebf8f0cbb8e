/** World: the workloads that live and die out there, the clock's speed, and whether SNS gets through. */

import { h } from "./dom.js";
import { iconButton } from "./icons.js";

/** @typedef {import("./page.js").Page} Page */

const SPEEDS = [1, 10, 60, 300];

/** @param {Page} page */
export function worldPanel(page) {
  const world = page.snapshot.world;
  return h("aside", { class: "panel world", key: "world", "aria-label": "World" },
    h("header", {}, h("h2", {}, "World"), h("small", {}, "a living ECS"),
      iconButton("close", "Close world", () => page.showRail("world"))),
    world ? h("div", { class: "panel-body" }, speed(page, world), subscription(world.sns),
      workloads(world.workloads ?? [])) : h("p", { class: "nothing" }, "There is no world yet."));
}

function speed(page, world) {
  const speeds = [...new Set([...SPEEDS, world.speed])].filter(Boolean).sort((a, b) => a - b);
  return h("div", { class: "row" }, h("h3", {}, "Time"),
    h("div", { class: "chips", role: "group", "aria-label": "Speed of time" }, speeds.map((each) =>
    h("button", { type: "button", class: "chip", key: each, "aria-pressed": String(each === world.speed),
      onclick: () => page.say("world", { verb: "set_speed", speed: each }) }, `${each}×`))));
}

const COUNTS = [["delivered", "delivered"], ["failed", "failed"], ["dead_letters", "dead letters"]];

function subscription(sns) {
  return sns && h("div", { class: "row" }, h("h3", {}, "SNS"),
    h("span", { class: `state ${sns.subscription}` },
    sns.subscription === "none" ? "not subscribed" : sns.subscription),
    h("p", { class: "figures" },
      COUNTS.map(([name, label]) => h("span", { key: name }, h("b", {}, String(sns[name] ?? 0)), ` ${label}`))));
}

function workloads(all) {
  const troubled = (each) => (each.state === "running" ? 1 : 0);
  const sorted = [...all].sort((a, b) => troubled(a) - troubled(b) || (b.kills ?? 0) - (a.kills ?? 0));
  return h("ul", { class: "workloads", "aria-label": "Workloads" },
    sorted.map((each) => h("li", { key: each.id }, workload(each))));
}

function workload(each) {
  const share = each.limit_mib ? Math.min(100, (100 * each.memory_mib) / each.limit_mib) : 0;
  const level = share >= 95 ? "high" : share >= 80 ? "raised" : "fine";
  return [
    h("div", { class: "row" }, h("b", {}, each.service ?? each.container),
      h("span", { class: `state ${each.state}` }, each.state)),
    h("small", {}, [each.cluster, each.container !== each.service && each.container, each.revision
      && `revision ${each.revision}`, each.pattern].filter(Boolean).join(" · ")),
    h("div", { class: "memory", role: "meter", "aria-label": `Memory of ${each.service ?? each.container}`,
      "aria-valuemin": 0, "aria-valuemax": each.limit_mib, "aria-valuenow": Math.round(each.memory_mib ?? 0),
      "aria-valuetext": `${Math.round(each.memory_mib ?? 0)} of ${each.limit_mib} MiB` },
      h("span", { class: `used ${level}`, style: { width: `${share}%` } })),
    h("small", { class: "row" }, h("span", {}, `${Math.round(each.memory_mib ?? 0)} / ${each.limit_mib} MiB`),
      h("span", {}, `${each.running ?? 0}/${each.desired ?? 0} tasks`),
        h("span", { class: each.kills ? "kills" : "" }, `${each.kills ?? 0} ${each.kills === 1 ? "kill" : "kills"}`)),
  ];
}
