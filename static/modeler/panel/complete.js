/** Names that complete the one being typed. Pure. */

export const MOST = 8; // names at a time
const BEFORE = /[\p{L}_][\p{L}\p{N}_]*$/u;
const BEHIND = /^[\p{L}\p{N}_]*/u;

/**
 * The name around the caret, and what it may become. A part of a value (`order.id`) is no variable, nor is plain text.
 * @param {string} text
 * @param {number} caret
 * @param {string[]} names
 * @param {boolean} [template] whether only what stands in `${…}` is an expression
 * @returns {{ start: number, end: number, offers: string[] }}
 */
export function completions(text, caret, names, template = false) {
  const before = text.slice(0, caret);
  const word = BEFORE.exec(before)?.[0] ?? '';
  const start = caret - word.length;
  const end = caret + (BEHIND.exec(text.slice(caret))?.[0].length ?? 0);
  if (!word || isText(before, template) || /[.\p{N}]$/u.test(text.slice(0, start))) return { start, end, offers: [] };
  const typed = word.toLowerCase();
  const offers = names.filter((name) => name.toLowerCase().startsWith(typed) && name !== text.slice(start, end));
  return { start, end, offers: offers.slice(0, MOST) };
}

/** Whether what is typed next is text: in quotes, or outside of `${…}` where only that is an expression. */
function isText(/** @type {string} */ before, /** @type {boolean} */ template) {
  const isQuoted = (before.match(/"/g) ?? []).length % 2 === 1;
  return isQuoted || (template && !before.trimStart().startsWith('=') && !/[$#]\{[^}]*$/.test(before));
}
