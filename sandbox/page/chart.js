/** Chart: data_visualization blocks as small inline drawings, with the same figures as a table for readers. */

import { h } from "./dom.js";

const WIDTH = 460;
const HEIGHT = 200;
const EDGE = { left: 46, right: 12, top: 10, bottom: 26 };

/** @param {{title: string, chart: Object}} block */
export function chart(block) {
  const drawing = block.chart ?? {};
  const series = drawing.type === "pie" ? [{ name: block.title, data: drawing.segments ?? [] }] : drawing.series ?? [];
  const body = drawing.type === "pie" ? pie(series[0].data) : plot(drawing, series);
  const legend = drawing.type === "pie" ? series[0].data.map((each) => `${each.label} (${each.value})`)
    : series.map((each) => each.name);
  return h("figure", { class: "chart" },
    h("figcaption", {}, block.title),
    h("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": spokenChart(block.title, series) }, body),
    legend.length > 1 && h("div", { class: "legend" },
      legend.map((name, i) => h("span", {}, h("i", { class: `swatch c${i % 6}` }), name))));
}

function spokenChart(title, series) {
  const figures = series.map((each) => `${each.name}: ${each.data.map((d) => `${d.label} ${d.value}`).join(", ")}`);
  return `${title}. ${figures.join("; ")}`;
}

function plot(drawing, series) {
  const categories = drawing.axis_config?.categories ?? series[0]?.data.map((each) => each.label) ?? [];
  const values = series.flatMap((each) => each.data.map((point) => Number(point.value) || 0));
  const top = roundUp(Math.max(...values, 1));
  const step = (WIDTH - EDGE.left - EDGE.right) / Math.max(categories.length, 1);
  const y = (value) => HEIGHT - EDGE.bottom - (value / top) * (HEIGHT - EDGE.top - EDGE.bottom);
  const x = (label) => EDGE.left + (categories.indexOf(label) + 0.5) * step;
  const shapes = drawing.type === "bar" ? bars(series, x, y, step) : strokes(series, x, y, drawing.type === "area");
  return [grid(top, y), labels(categories, x), shapes];
}

function roundUp(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 6, 8, 10].find((factor) => factor * unit >= value) * unit;
}

function grid(top, y) {
  return [0, 0.5, 1].map((part) => h("g", { class: "grid" },
    h("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(top * part), y2: y(top * part) }),
    h("text", { x: EDGE.left - 6, y: y(top * part) + 4, "text-anchor": "end" }, String(top * part))));
}

function labels(categories, x) {
  const every = Math.ceil(categories.length / 7);
  return categories.map((name, i) => i % every === 0 &&
    h("text", { x: x(name), y: HEIGHT - 8, "text-anchor": "middle" }, name));
}

function bars(series, x, y, step) {
  const width = (step * 0.7) / series.length;
  return series.flatMap((each, i) => each.data.map((point) => h("rect", {
    class: `fill c${i % 6}`, rx: 2, width, x: x(point.label) - (step * 0.7) / 2 + i * width,
    y: y(Math.max(point.value, 0)), height: Math.max(y(0) - y(Math.max(point.value, 0)), 0),
  })));
}

function strokes(series, x, y, filled) {
  return series.map((each, i) => {
    const points = each.data.map((point) => `${x(point.label)},${y(point.value)}`);
    const [first, last] = [each.data[0], each.data.at(-1)];
    const area = filled && first && [...points, `${x(last.label)},${y(0)}`, `${x(first.label)},${y(0)}`].join(" ");
    return [area && h("polygon", { class: `area c${i % 6}`, points: area }),
      h("polyline", { class: `stroke c${i % 6}`, points: points.join(" ") })];
  });
}

function pie(segments) {
  const total = segments.reduce((sum, each) => sum + each.value, 0) || 1;
  const [cx, cy, r] = [WIDTH / 2, HEIGHT / 2, 92];
  const rim = (share) => `${cx + r * Math.sin(2 * Math.PI * share)} ${cy - r * Math.cos(2 * Math.PI * share)}`;
  if (segments.length === 1) return h("circle", { class: "slice c0", cx, cy, r });
  let turned = 0;
  return segments.map((each, i) => {
    const from = turned;
    turned += each.value / total;
    const wide = turned - from > 0.5 ? 1 : 0;
    return h("path", { class: `slice c${i % 6}`,
      d: `M${cx} ${cy}L${rim(from)}A${r} ${r} 0 ${wide} 1 ${rim(turned)}z` });
  });
}
