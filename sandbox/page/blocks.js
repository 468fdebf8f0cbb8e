/** Blocks: Block Kit's layout, from header to table, and legacy attachments with their colour bar. */

import { chart } from "./chart.js";
import { h } from "./dom.js";
import { domId, image, renderElement, text } from "./elements.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { tongue } from "./tongue.js";

/** @typedef {import("./page.js").Page} Page
 * @typedef {import("./fields.js").Scope} Scope */

/** @param {Object[]} blocks @param {Scope} scope @param {Page} page */
export function renderBlocks(blocks, scope, page) {
  return h("div", { class: "blocks", lang: tongue(blocks) }, (blocks ?? []).map((block, at) => {
    const draw = BLOCKS[block.type] ?? unknown;
    return h("div", { class: `block ${block.type}`, key: `${block.type}:${block.block_id ?? at}` },
      draw(block, scope, page));
  }));
}

const BLOCKS = {
  header: (block, _scope, page) => h("div",
    { role: "heading", "aria-level": (block.level ?? 1) + 2, class: `heading h${block.level ?? 2}` },
    text(block.text, page)),
  divider: () => h("hr"),
  section,
  context: (block, _scope, page) => block.elements.map((each) =>
    each.type === "image" ? image(each, { class: "context-image" }) : h("span", {}, text(each, page))),
  actions: (block, scope, page) => block.elements.map((element) => renderElement(element, { scope, block, page })),
  image: (block, _scope, page) => [block.title && h("div", { class: "image-title" }, text(block.title, page)),
    image(block, { class: "picture" })],
  input,
  rich_text: (block, _scope, page) => richText(block, page),
  markdown: (block) => markdown(block.text),
  table: (block, _scope, page) => table(block.rows, block.column_settings, page),
  data_table: (block, scope, page) => [block.caption && h("div", { class: "image-title" }, text(block.caption, page)),
    table(block.rows, block.column_settings, page)],
  data_visualization: (block) => chart(block),
  container,
  alert: (block, _scope, page) => h("div", { class: `callout ${block.level ?? "default"}`, role: "note" },
    text(block.text, page)),
  card,
  carousel: (block, scope, page) => renderBlocks(block.elements ?? block.cards, scope, page),
  file: (block) => `File ${block.external_id}`,
};
BLOCKS.context_actions = BLOCKS.actions;

const unknown = (block) => h("details", { class: "unknown" },
  h("summary", {}, `Block “${block.type}” is not drawn here`), h("pre", {}, JSON.stringify(block, null, 2)));

function section(block, scope, page) {
  return [
    h("div", { class: "section-body" },
      block.text && h("div", { class: "text" }, text(block.text, page)),
      block.fields && h("div", { class: "fields" },
        block.fields.map((field) => h("div", { class: "text" }, text(field, page))))),
    block.accessory && h("div", { class: "accessory" }, renderElement(block.accessory, { scope, block, page })),
  ];
}

function input(block, scope, page) {
  const id = domId(scope, block, block.element);
  const error = scope.errors?.[block.block_id];
  const notes = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  const grouped = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const attrs = {
    "aria-label": null, "aria-describedby": notes || null, "aria-invalid": error ? "true" : null,
    "aria-labelledby": `${id}-label`, "aria-required": block.optional || grouped ? null : "true",
  };
  return [
    h("label", { id: `${id}-label`, for: grouped ? null : id }, text(block.label, page),
      block.optional && h("span", { class: "optional" }, " (optional)")),
    renderElement(block.element, { scope, block, page, attrs }),
    error && h("div", { class: "wrong", id: `${id}-error` }, error),
    block.hint && h("div", { class: "hint", id: `${id}-hint` }, text(block.hint, page)),
  ];
}

function cell(object, page) {
  if (object?.type === "rich_text") return richText(object, page);
  return object?.text ?? (object?.value === undefined ? "" : String(object.value));
}

/** The first row is the header. */
function table(rows, settings = [], page) {
  const cells = (row, tag) => h("tr", {}, row.map((each, at) => h(tag, {
    scope: tag === "th" ? "col" : null,
    class: `${settings?.[at]?.align ?? ""} ${settings?.[at]?.is_wrapped ? "" : "no-wrap"}`,
  }, cell(each, page))));
  const [head, ...body] = rows ?? [];
  return h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {},
    head && h("thead", {}, cells(head, "th")), h("tbody", {}, body.map((row) => cells(row, "td")))));
}

function container(block, scope, page) {
  const title = block.rich_text_title ? richText(block.rich_text_title, page) : text(block.title, page);
  const head = [block.icon && image(block.icon, { class: "context-image" }), h("b", {}, title),
    block.subtitle && h("small", {}, text(block.subtitle, page))];
  const body = renderBlocks(block.child_blocks, scope, page);
  if (!block.is_collapsible) return h("div", { class: "box" }, h("div", { class: "box-head" }, head), body);
  return h("details", { class: "box", born: (el) => { el.open = !block.default_collapsed; } },
    h("summary", { class: "box-head" }, head), body);
}

function card(block, scope, page) {
  return h("div", { class: "box" }, block.hero_image && image(block.hero_image, { class: "picture" }),
    h("b", {}, text(block.title, page)), block.subtitle && h("small", {}, text(block.subtitle, page)),
    block.body && h("div", { class: "text" }, text(block.body, page)),
    block.actions && h("div", { class: "block actions" },
      block.actions.map((element) => renderElement(element, { scope, block, page }))));
}

const NAMED_COLORS = { good: "#2eb886", warning: "#daa038", danger: "#a30200" };

/** Secondary attachments: blocks beside a bar of colour; the old fields where somebody still sends them. */
export function renderAttachment(attachment, scope, page) {
  const color = NAMED_COLORS[attachment.color] ?? attachment.color?.replace(/^#?/u, "#") ?? "#ddd";
  const words = (value) => value && h("div", { class: "text" }, mrkdwn(value, page));
  return h("div", { class: "attachment" },
    h("div", { class: "bar", style: { background: color } }),
    h("div", { class: "attachment-body" },
      words(attachment.pretext),
      attachment.title && h("b", {},
        attachment.title_link ? mrkdwn(`<${attachment.title_link}|${attachment.title}>`, page) : attachment.title),
      !attachment.blocks && words(attachment.text ?? attachment.fallback),
      attachment.fields && h("div", { class: "fields" },
        attachment.fields.map((field) => h("div", { class: "text" }, h("b", {}, field.title), h("br"),
        mrkdwn(field.value ?? "", page)))),
      attachment.blocks && renderBlocks(attachment.blocks, scope, page),
      attachment.footer && h("small", {}, attachment.footer)));
}
