/** Which values a decision needs from outside, and how people give them. Pure. */
import { is, tableOf } from './model.js';

/** @typedef {'text' | 'number' | 'boolean' | 'date' | 'time' | 'dateTime' | 'choice' | 'feel'} InputKind */
/** @typedef {{ name: string, kind: InputKind, type: string, choices: string[] }} Input choices are texts of FEEL */

/** @type {Record<string, InputKind>} */
const KINDS = {
  string: 'text',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  dateTime: 'dateTime',
  'date and time': 'dateTime',
};
const MOST_REFERENCES = 20; // from type to type

/**
 * What the decision reads, also through the decisions that it requires; each once.
 * @param {any} decision
 * @param {any} definitions
 * @returns {Input[]}
 */
export function inputsOf(decision, definitions) {
  const nodes = requiredBy(decision, definitions);
  const clauses = nodes.flatMap((node) => tableOf(node)?.input ?? []);
  return nodes.filter((node) => is(node, 'dmn:InputData')).map((node) => inputOf(node, clauses, definitions));
}

/**
 * The decision, and everything that it requires, inputs in the order in which they are met.
 * @param {any} decision
 * @param {any} definitions
 * @returns {any[]}
 */
function requiredBy(decision, definitions) {
  const byId = new Map(definitions.get('drgElement').map((/** @type {any} */ node) => [node.id, node]));
  const found = new Set();
  const todo = [decision];
  while (todo.length) {
    const node = todo.shift();
    if (!node || found.has(node)) continue;
    found.add(node);
    for (const { requiredInput, requiredDecision } of node.informationRequirement ?? []) {
      todo.push(byId.get((requiredInput ?? requiredDecision)?.href?.replace(/^.*#/, '')));
    }
  }
  return [...found];
}

/** @param {any} node @param {any[]} clauses @param {any} definitions @returns {Input} */
function inputOf(node, clauses, definitions) {
  const name = nameOf(node);
  const readers = clauses.filter((clause) => clause.inputExpression?.text?.trim() === name);
  const type = node.variable?.typeRef || readers[0]?.inputExpression.typeRef || 'Any';
  const { base, allowed } = resolved(type, definitions);
  const kind = KINDS[base] ?? 'feel';
  const texts = [allowed, ...readers.map((clause) => clause.inputValues?.text)];
  const choices = base ? (texts.map(literalsIn).find((list) => list.length) ?? []) : [];
  return { name, kind: choices.length ? 'choice' : kind, type, choices };
}

/** @param {any} node @returns {string} */
const nameOf = (node) => node.variable?.name || node.name;

/**
 * The built-in type behind a name, through item definitions, and the values that it allows; no base where it has parts.
 * @param {string} type
 * @param {any} definitions
 */
function resolved(type, definitions) {
  const items = definitions.get('itemDefinition') ?? [];
  let [base, allowed] = [type, ''];
  for (let step = 0; step < MOST_REFERENCES; step++) {
    const item = items.find((/** @type {any} */ one) => one.name === base);
    if (!item) return { base, allowed };
    if (hasParts(item)) break;
    allowed ||= item.allowedValues?.text ?? '';
    base = item.typeRef ?? '';
  }
  return { base: '', allowed: '' };
}

/** @param {any} item */
const hasParts = (item) => item.isCollection || item.itemComponent?.length > 0;

const LITERALS = /\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)\s*(,|$)/y;

/**
 * The literals of a plain list (`"a", "b"`); none where there is anything else, such as a range.
 * @param {string | undefined} text
 * @returns {string[]}
 */
export function literalsIn(text) {
  const found = [];
  LITERALS.lastIndex = 0;
  for (let match = LITERALS.exec(text ?? ''); match; match = LITERALS.exec(text ?? '')) {
    found.push(match[1]);
    if (!match[2]) return found;
  }
  return [];
}

const NAME = /^[\p{L}_][\p{L}\p{N}_]*(?: [\p{L}\p{N}_]+)*$/u;
const WORDS = new Set(['true', 'false', 'null']);

/**
 * Plain names that columns of the decision read and nothing gives it.
 * @param {any} decision
 * @param {any} definitions
 * @returns {{ name: string, type: string, columnId: string, expressionId: string }[]}
 */
export function missingInputs(decision, definitions) {
  const known = new Set(
    directly(decision, definitions).flatMap((/** @type {any} */ node) => [node.name, node.variable?.name]),
  );
  const missing = new Map();
  for (const clause of tableOf(decision)?.input ?? []) {
    const name = plainName(clause.inputExpression?.text);
    if (!name || known.has(name) || missing.has(name)) continue;
    const { typeRef, id } = clause.inputExpression;
    missing.set(name, { name, type: typeRef ?? '', columnId: clause.id, expressionId: id });
  }
  return [...missing.values()];
}

/** The name that an expression is, or nothing. @param {string} [text] */
function plainName(text = '') {
  const name = text.trim();
  return NAME.test(name) && !WORDS.has(name) ? name : '';
}

/** What the decision itself requires. @param {any} decision @param {any} definitions @returns {any[]} */
function directly(decision, definitions) {
  const ids = [...(decision.informationRequirement ?? []), ...(decision.knowledgeRequirement ?? [])].map(
    ({ requiredInput, requiredDecision, requiredKnowledge }) =>
      (requiredInput ?? requiredDecision ?? requiredKnowledge)?.href?.replace(/^.*#/, ''),
  );
  return definitions.get('drgElement').filter((/** @type {any} */ node) => ids.includes(node.id));
}
