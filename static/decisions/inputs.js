/** Which values a decision needs from outside, and how people give them. Pure. */
import { is, tableOf } from './model.js';

/** @typedef {'text' | 'number' | 'boolean' | 'date' | 'time' | 'dateTime' | 'choice' | 'feel'} InputKind */
/** @typedef {{ name: string, kind: InputKind, type: string, choices: string[], reader: any }} Input choices are texts
 * of FEEL; `reader` is the decision that reads it and does not declare it, or null */

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
 * What the decision reads, also through the decisions that it requires; each once. Names that its columns read and
 * nothing declares come last: in a process they are variables all the same.
 * @param {any} decision
 * @param {any} definitions
 * @returns {Input[]}
 */
export function inputsOf(decision, definitions) {
  const nodes = requiredBy(decision, definitions);
  const clauses = nodes.flatMap((node) => tableOf(node)?.input ?? []);
  const inputs = nodes.filter((node) => is(node, 'dmn:InputData'));
  const declared = inputs.map((node) => inputOf(nameOf(node), node.variable?.typeRef, clauses, definitions));
  const found = new Map(declared.map((input) => [input.name, input]));
  for (const node of nodes) {
    for (const { name } of undeclaredIn(node, definitions)) {
      if (!found.has(name)) found.set(name, { ...inputOf(name, '', clauses, definitions), reader: node });
    }
  }
  return [...found.values()];
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
    for (const requirement of node.informationRequirement ?? []) todo.push(byId.get(referredBy(requirement)));
  }
  return [...found];
}

/** @param {string} name @param {string | undefined} declared @param {any[]} clauses @param {any} definitions @returns {Input} */
function inputOf(name, declared, clauses, definitions) {
  const readers = clauses.filter((clause) => clause.inputExpression?.text?.trim() === name);
  const type = declared || readers[0]?.inputExpression.typeRef || 'Any';
  const { base, allowed } = resolved(type, definitions);
  const kind = KINDS[base] ?? 'feel';
  const texts = [allowed, ...readers.map((clause) => clause.inputValues?.text)];
  const choices = base ? (texts.map(literalsIn).find((list) => list.length) ?? []) : [];
  return { name, kind: choices.length ? 'choice' : kind, type, choices, reader: null };
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
 * Plain names that columns of a decision read and nothing declares.
 * @param {any} decision
 * @param {any} definitions
 * @returns {{ name: string, type: string, columnId: string, expressionId: string }[]}
 */
export function undeclaredIn(decision, definitions) {
  const known = new Set(required(decision, definitions).flatMap(namesOf));
  return (tableOf(decision)?.input ?? [])
    .map((/** @type {any} */ { id, inputExpression }) => ({
      name: plainName(inputExpression?.text),
      type: inputExpression?.typeRef ?? '',
      columnId: id,
      expressionId: inputExpression?.id,
    }))
    .filter((/** @type {any} */ { name }) => name && !known.has(name));
}

/** By which names others read a node: its own, and those of the outputs of its table. @param {any} node */
const namesOf = (node) => [nameOf(node), ...(tableOf(node)?.output ?? []).map((/** @type {any} */ one) => one.name)];

/** The name that an expression is, or nothing. @param {string} [text] */
function plainName(text = '') {
  const name = text.trim();
  return NAME.test(name) && !WORDS.has(name) ? name : '';
}

/** What the decision itself requires. @param {any} decision @param {any} definitions @returns {any[]} */
function required(decision, definitions) {
  const ids = [...(decision.informationRequirement ?? []), ...(decision.knowledgeRequirement ?? [])].map(referredBy);
  return definitions.get('drgElement').filter((/** @type {any} */ node) => ids.includes(node.id));
}

/** The id in a requirement, of whatever kind. @param {any} requirement @returns {string | undefined} */
function referredBy({ requiredInput, requiredDecision, requiredKnowledge }) {
  return (requiredInput ?? requiredDecision ?? requiredKnowledge)?.href?.replace(/^.*#/, '');
}
