/** Which rows of the table a selected element shows, by section. Pure, but for reading the business object. */
import { isFree, rowsOf, tagOf } from '../vocabulary.js';

/**
 * @typedef {object} Shown
 * @property {any} bo the object that the row belongs to: the element itself, its event definition, its loop
 * @property {import('../vocabulary.js').Row} row
 */

/** Shown only when the file has them. */
const RARE = new Set(['startQuantity', 'completionQuantity', 'scriptFormat', 'camunda:formRef', 'camunda:versionTag']);
const TIMER = new Set(['timeDate', 'timeDuration', 'timeCycle']);
/** Rows that belong to one binding of a call activity. @type {Record<string, string>} */
const BOUND = { 'camunda:calledElementVersion': 'version', 'camunda:calledElementVersionTag': 'versionTag' };
const DECIDING = new Set(['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway']);

/**
 * The objects behind one drawn element.
 * @param {any} bo
 * @returns {any[]}
 */
export function partsOf(bo) {
  const parts = [bo];
  if (bo.$type === 'bpmn:Participant' && bo.processRef) parts.push(bo.processRef);
  if (bo.eventDefinitions?.length) parts.push(bo.eventDefinitions[0]);
  if (bo.loopCharacteristics) parts.push(bo.loopCharacteristics);
  return parts;
}

/**
 * @param {import('../vocabulary.js').Vocabulary} vocabulary
 * @param {any} bo
 * @param {(bo: any, row: any) => any} read
 * @returns {[string, Shown[]][]} sections in their order, without empty ones
 */
export function sectionsOf(vocabulary, bo, read) {
  /** @type {Map<string, Shown[]>} */
  const sections = new Map(vocabulary.groups.map((group) => [group, []]));
  for (const part of partsOf(bo)) {
    for (const row of rowsOf(vocabulary, tagOf(part.$type))) {
      if (isShown(part, bo, row, read)) sections.get(row.group)?.push({ bo: part, row });
    }
  }
  return [...sections].filter(([, rows]) => rows.length);
}

/**
 * @param {any} part
 * @param {any} bo
 * @param {import('../vocabulary.js').Row} row
 * @param {(bo: any, row: any) => any} read
 */
function isShown(part, bo, row, read) {
  if (part !== bo && ['id', 'name', 'documentation'].includes(row.name)) return part.$type === 'bpmn:Process';
  if (RARE.has(row.name) || !isFree(row)) return differs(row, read(part, row));
  return fits(part, bo, row) || (row.name === 'conditionExpression' && Boolean(read(part, row)));
}

/** Whether a row has a meaning here at all. @param {any} part @param {any} bo @param {import('../vocabulary.js').Row} row */
function fits(part, bo, row) {
  if (TIMER.has(row.name)) return row.name === 'timeDate'; // the three are one entry
  if (row.name === 'conditionExpression') return decides(bo);
  if (row.name in BOUND) return part.get('camunda:calledElementBinding') === BOUND[row.name];
  return row.name !== 'default' || (part.outgoing ?? []).length > 1;
}

/** @param {any} flow */
function decides(flow) {
  const source = flow.sourceRef;
  return Boolean(source) && (DECIDING.has(source.$type) || !/Gateway$|Event$/.test(source.$type));
}

/**
 * Whether a value is another than the default: the section gets a dot.
 * @param {import('../vocabulary.js').Row} row
 * @param {any} value
 */
export function differs(row, value) {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return String(value) !== row.default;
}
