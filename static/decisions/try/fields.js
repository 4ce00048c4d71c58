/** One input of a decision as a field, and what it says in FEEL. */
import { h } from '../../modeler/panel/dom.js';

/** @typedef {import('../inputs.js').Input} Input */

/** @type {Partial<Record<import('../inputs.js').InputKind, string>>} */
const TYPES = { date: 'date', time: 'time', dateTime: 'datetime-local', text: 'text' };
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

/**
 * The expression of FEEL for what somebody typed; null where nothing is given. Raises Error. Pure.
 * @param {Input} input
 * @param {string} text
 * @returns {string | null}
 */
export function feelOf({ kind }, text) {
  const typed = text.trim();
  if (!typed) return null;
  if (kind === 'text') return JSON.stringify(text);
  if (kind === 'number') {
    if (!NUMBER.test(typed)) throw new Error('This is not a number. Write digits, with a point before decimals.');
    return typed
      .replace(/^\+/, '')
      .replace(/\.$/, '')
      .replace(/^(-?)\./, '$10.');
  }
  if (kind === 'date') return `date("${typed}")`;
  if (kind === 'time') return `time("${seconds(typed)}")`;
  if (kind === 'dateTime') return `date and time("${seconds(typed)}")`;
  return typed; // choices, yes and no, and what is written in FEEL
}

/** Pickers leave out seconds that are zero. @param {string} text */
const seconds = (text) => (/(^|T)\d\d:\d\d$/.test(text) ? `${text}:00` : text);

/** A field for the input; `value` is what was typed before. @param {Input} input @param {string} value @returns {any} */
export function fieldOf({ kind, choices }, value) {
  if (kind === 'choice')
    return select([['', '—'], ...choices.map((text) => [text, text.replace(/^"|"$/g, '')])], value);
  if (kind === 'boolean')
    return select(
      [
        ['', '—'],
        ['true', 'yes'],
        ['false', 'no'],
      ],
      value,
    );
  if (kind === 'feel') return h('textarea', { rows: 2, className: 'mp-mono', value, spellcheck: false });
  const type = TYPES[kind] ?? 'text';
  const inputMode = kind === 'number' ? 'decimal' : undefined;
  return h('input', { type, inputMode, value, step: type === 'text' ? undefined : 1, autocomplete: 'off' });
}

/** @param {string[][]} options @param {string} value */
function select(options, value) {
  return h(
    'select',
    {},
    options.map(([option, words]) => h('option', { value: option, selected: option === value }, [words])),
  );
}

/** What stands below a field. @param {Input} input */
export const helpOf = ({ kind, type }) => (kind === 'feel' ? `${type}, written in FEEL: [1, 2], {a: 1}, "text"` : '');
