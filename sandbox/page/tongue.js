/** Tongue: the language of a text as its letters tell it, for screen readers, fonts and the ends of lines. */

const APART = /<[^<>]*>|`[^`]*`/gu; // links, mentions, dates and code are the same in each language
const HAN = /\p{Script=Han}/gu;
const LATIN_WORD = /\p{Script=Latin}{2,}/gu;

/** "zh-CN" for what is Chinese in the main; undefined, which is the page's own English, for all else.
 * @param {...unknown} said texts, or blocks and views with texts in them */
export function tongue(...said) {
  const words = said.flatMap(texts).join(" ").replace(APART, " ");
  const count = (pattern) => words.match(pattern)?.length ?? 0;
  return count(HAN) > count(LATIN_WORD) ? "zh-CN" : undefined;
}

/** All that is to be read in a block, a view or a list of them. */
function texts(value) {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  if (!value || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "object" ? texts(inner) : key === "text" ? [inner] : []);
}
