/** Dom: real nodes grown from plain descriptions and patched by key; text only ever becomes text nodes. */

/**
 * @typedef {{tag: string, props: Object<string, any>, kids: Node[], id?: string, el?: any, text?: string}} Node
 */

const PROPERTIES = new Set(["value", "checked", "disabled", "open"]);
const HOOKS = new Set(["key", "born", "gone"]);

/** Describe an element. Kids may be nested arrays; null, undefined and booleans vanish.
 * Props: `key` keeps identity among siblings, `born(el)` runs once it is in the page, `gone(el)` after it left,
 * `on…` are listeners, `style` is an object (a policy forbids style text), the rest are attributes.
 * @returns {Node} */
export function h(tag, props, ...kids) {
  return { tag, props: props ?? {}, kids: named(kids) };
}

/** Give each kid an id that is unique among its siblings: its key, or its place. What vanishes keeps its place
 * and a list takes one however long it is, so that what comes and goes does not shift the others. */
function named(kids, path = "", seen = new Set()) {
  return kids.flatMap((kid, at) => {
    if (Array.isArray(kid)) return named(kid, `${path}${at}.`, seen);
    if (kid === null || kid === undefined || typeof kid === "boolean" || kid === "") return [];
    const node = kid.tag ? kid : { tag: "#", props: {}, kids: [], text: String(kid) };
    node.id = node.props.key === undefined ? `${node.tag}@${path}${at}` : `${node.tag}/${node.props.key}`;
    while (seen.has(node.id)) node.id += "'";
    seen.add(node.id);
    return node;
  });
}

const shown = new WeakMap();

/** Make `root` contain exactly `nodes`, touching only what differs from the last time. */
export function show(root, nodes) {
  const after = named(nodes);
  const born = [];
  const focused = document.activeElement;
  if (!shown.has(root)) root.replaceChildren();
  reconcile(root, shown.get(root) ?? [], after, { born, svg: false });
  shown.set(root, after);
  if (!focused?.isConnected) refocus(root, focused);
  for (const node of born) node.props.born(node.el);
}

/** A control that was exchanged for its like (an app's update of a message) does not throw a keyboard out. */
export function refocus(root, lost) {
  const place = lost?.dataset.place;
  if (lost?.isConnected) lost.focus();
  else if (place) root.querySelector(`[data-place="${CSS.escape(place)}"]`)?.focus();
}

function reconcile(parent, before, after, context) {
  const old = new Map(before.map((node) => [node.id, node]));
  const wanted = new Set(after.map((node) => node.id));
  for (const node of before) if (!wanted.has(node.id)) remove(node);
  let cursor = parent.firstChild;
  for (const node of after) {
    const known = old.get(node.id);
    if (known) patch(known, node, context);
    else create(node, context);
    if (node.el === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node.el, cursor);
  }
}

function remove(node) {
  node.el.remove();
  node.props.gone?.(node.el);
}

function create(node, context) {
  if (node.tag === "#") {
    node.el = document.createTextNode(node.text);
    return;
  }
  const svg = context.svg || node.tag === "svg";
  node.el = svg ? document.createElementNS("http://www.w3.org/2000/svg", node.tag) : document.createElement(node.tag);
  reconcile(node.el, [], node.kids, { ...context, svg });
  change(node.el, {}, node.props);
  if (node.props.born) context.born.push(node);
}

function patch(known, node, context) {
  node.el = known.el;
  if (known === node) return;
  if (node.tag === "#") {
    if (known.text !== node.text) node.el.data = node.text;
    return;
  }
  reconcile(node.el, known.kids, node.kids, { ...context, svg: context.svg || node.tag === "svg" });
  change(node.el, known.props, node.props);
}

function change(el, before, after) {
  for (const name in before) if (!(name in after)) assign(el, name, null, before[name]);
  for (const name in after) if (PROPERTIES.has(name) || after[name] !== before[name]) assign(el, name, after[name]);
}

/** One listener an event and element, however often what it calls is exchanged. */
function listen(el, name, handler) {
  const handlers = (el.handlers ??= {});
  if (!(name in handlers)) el.addEventListener(name.slice(2), (event) => handlers[name]?.(event));
  handlers[name] = handler;
}

function assign(el, name, value) {
  if (HOOKS.has(name)) return;
  if (name.startsWith("on")) listen(el, name, value);
  else if (name === "style") for (const [key, text] of Object.entries(value ?? {})) el.style.setProperty(key, text);
  else if (PROPERTIES.has(name) && name in el) {
    if (el[name] !== (value ?? "")) el[name] = value ?? "";
  } else if (value === null || value === undefined || value === false) el.removeAttribute(name);
  else el.setAttribute(name, value === true ? "" : value);
}
