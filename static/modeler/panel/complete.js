/** Names that complete the one being typed. Pure. */

export const MOST = 8; // names at a time
const ENOUGH = 2; // letters from which functions are offered: with fewer, Enter would take one that nobody meant
/** @typedef {{ variables: string[], functions: string[] }} Names `functions` are those of FEEL */

const BEFORE = /[\p{L}_][\p{L}\p{N}_]*$/u;
const BEHIND = /^[\p{L}\p{N}_]*/u;

/**
 * The name around the caret, and what it may become: variables, and in FEEL functions. A part of a value (`order.id`) is no variable, nor is plain text.
 * @param {string} text
 * @param {number} caret
 * @param {Names} names
 * @param {boolean} [template] whether only what stands in `${…}` is an expression
 * @returns {{ start: number, end: number, offers: string[] }}
 */
export function completions(text, caret, names, template = false) {
  const before = text.slice(0, caret);
  const word = BEFORE.exec(before)?.[0] ?? '';
  const start = caret - word.length;
  const end = caret + (BEHIND.exec(text.slice(caret))?.[0].length ?? 0);
  if (!word || isText(before, template) || /[.\p{N}]$/u.test(text.slice(0, start))) return { start, end, offers: [] };
  const offers = known(text, word, names).filter((name) => name !== text.slice(start, end));
  return { start, end, offers: offers.slice(0, MOST) };
}

/** What begins with the word, whatever its case. @param {string} text @param {string} word @param {Names} names */
function known(text, word, names) {
  const isFeel = text.trimStart().startsWith('=') && word.length >= ENOUGH;
  const functions = isFeel ? names.functions.map((name) => `${name}(`) : [];
  return [...names.variables, ...functions].filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
}

/** Whether what is typed next is text: in quotes, or outside of `${…}` where only that is an expression. */
function isText(/** @type {string} */ before, /** @type {boolean} */ template) {
  const isQuoted = (before.match(/"/g) ?? []).length % 2 === 1;
  return isQuoted || (template && !before.trimStart().startsWith('=') && !/[$#]\{[^}]*$/.test(before));
}
