/** From the state of an instance (or of all instances of a version) to what stands at each element. Pure. */
import { fill } from './texts.js';

/**
 * @typedef {object} State
 * @property {{ elementId: string, count: number, waitingFor?: string }[]} tokens
 * @property {string[]} done elements that a token has passed
 * @property {string[]} [flows] sequence flows that a token has passed
 * @property {{ elementId: string, count?: number, message?: string }[]} incidents
 * @property {Record<string, [string, string, string?][]>} [facts] label, value and perhaps an address for each element
 * @property {Actions} [actions] for who may intervene
 */

/**
 * What can be done at an element; its id is put at the end of the address.
 * @typedef {object} Actions
 * @property {string} href
 * @property {string} here words where a token is
 * @property {string} elsewhere words where none is
 */

/**
 * @typedef {object} Mark
 * @property {number} tokens
 * @property {string[]} waitingFor without repetition: person, job, timer, message, signal, call
 * @property {number} incidents
 * @property {string[]} messages
 */

/**
 * @param {State} state
 * @returns {Map<string, Mark>}
 */
export function marksOf(state) {
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  const at = (/** @type {string} */ id) => {
    const mark = marks.get(id) ?? { tokens: 0, waitingFor: [], incidents: 0, messages: [] };
    marks.set(id, mark);
    return mark;
  };
  for (const { elementId, count, waitingFor } of state.tokens ?? []) {
    const mark = at(elementId);
    mark.tokens += count;
    if (waitingFor && waitingFor !== 'incident' && !mark.waitingFor.includes(waitingFor)) {
      mark.waitingFor.push(waitingFor);
    }
  }
  for (const { elementId, count, message } of state.incidents ?? []) {
    const mark = at(elementId);
    mark.incidents += count ?? 1;
    if (message) mark.messages.push(message);
  }
  return marks;
}

/**
 * A mark in words, for who cannot see it.
 * @param {Mark} mark
 * @param {string} name
 * @param {Record<string, string>} texts
 */
export function describe(mark, name, texts) {
  const parts = mark.tokens ? [fill(texts.here, { count: mark.tokens })] : [];
  parts.push(...mark.waitingFor.map((reason) => texts[reason] ?? reason));
  if (mark.incidents === 1) parts.push(texts.oneIncident);
  else if (mark.incidents) parts.push(fill(texts.incidents, { count: mark.incidents }));
  return `${name}: ${parts.join(', ')}`;
}

/**
 * The order in which the keyboard walks: as one reads, left to right in rows that are a task high.
 * @template {{ x: number, y: number, width: number, height: number }} T
 * @param {T[]} elements
 * @returns {T[]}
 */
export function orderOf(elements) {
  const middle = (/** @type {T} */ e) => e.y + e.height / 2;
  const sorted = [...elements].sort((a, b) => middle(a) - middle(b));
  /** @type {T[][]} */
  const rows = [];
  for (const element of sorted) {
    const row = rows[rows.length - 1];
    if (row && middle(element) - middle(row[0]) <= 40) row.push(element);
    else rows.push([element]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x));
}
