/** Which rows of the table a selected element shows, by section. Pure, but for reading the business object. */
import { isFree, rowsOf, tagOf } from '../vocabulary.js';
import { fits } from './fits.js';

/**
 * @typedef {object} Shown
 * @property {any} bo the object that the row belongs to: the element itself, its event definition, its loop
 * @property {import('../vocabulary.js').Row} row
 * @property {string} path tells the rows of its parts apart
 */

/** Shown only when the file has them. */
const RARE = new Set([
  'startQuantity',
  'completionQuantity',
  'scriptFormat',
  'scriptLanguage',
  'camunda:formRef',
  'camunda:versionTag',
  'loopDataInputRef',
  'inputDataItem',
]);

/** Parts that people give names of their own: what the row is called there. @type {Record<string, Record<string, [string, string]>>} */
const OWN_NAMES = {
  'bpmn:Process': {
    id: ['Process id', 'The process is started and called by it.'],
    name: ['Process name', 'What people see in lists.'],
    documentation: ['Documentation of the process', 'A text for the reader.'],
  },
  'bpmn:LinkEventDefinition': { name: ['Link name', 'Halves of a link belong together by this name.'] },
  'bpmn:DataObject': { name: ['Variable', 'The variable that holds it. Without one it has the name of the document.'] },
  'bpmn:DataStore': { name: ['Name of the store', 'All instances of all processes share the value of this name.'] },
};

/**
 * The objects behind one drawn element.
 * @param {any} bo
 * @returns {any[]}
 */
export function partsOf(bo) {
  const parts = [bo, bo.$type === 'bpmn:Participant' && bo.processRef, ...(bo.eventDefinitions ?? [])];
  parts.push(bo.loopCharacteristics, bo.dataObjectRef, bo.dataStoreRef);
  if (bo.$parent?.$type === 'bpmn:Definitions') parts.push(bo.$parent);
  return parts.filter(Boolean);
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
  for (const [at, part] of partsOf(bo).entries()) {
    for (const row of rowsOf(vocabulary, tagOf(part.$type))) {
      const shown = part === bo ? row : ofPart(part, row);
      if (shown && isShown(part, bo, row, read)) {
        sections.get(row.group)?.push({ bo: part, row: shown, path: at ? `${at}-` : '' });
      }
    }
  }
  return [...sections].filter(([, rows]) => rows.length);
}

/** What every element has is shown of a part only where it means something of its own. @param {any} part @param {any} row */
function ofPart(part, row) {
  if (!['id', 'name', 'documentation'].includes(row.name)) return row;
  const [label, meaning] = OWN_NAMES[part.$type]?.[row.name] ?? [];
  return label ? { ...row, label, meaning } : null;
}

/**
 * The rows of an object inside another one: an item of a list.
 * @param {import('../vocabulary.js').Vocabulary} vocabulary
 * @param {any} bo
 * @param {(bo: any, row: any) => any} read
 * @returns {import('../vocabulary.js').Row[]}
 */
export function rowsOfItem(vocabulary, bo, read) {
  const named = 'name' in bo.$descriptor.propertiesByName;
  const isCalled = bo.$type.startsWith('bpmn:Global'); // call activities name it by its id
  return rowsOf(vocabulary, tagOf(bo.$type)).filter((row) => {
    if (row.name === 'name') return named;
    if (row.name === 'id') return isCalled;
    return row.name !== 'documentation' && isShown(bo, bo, row, read);
  });
}

/**
 * @param {any} part
 * @param {any} bo
 * @param {import('../vocabulary.js').Row} row
 * @param {(bo: any, row: any) => any} read
 */
function isShown(part, bo, row, read) {
  const isSet = differs(row, read(part, row));
  if (RARE.has(row.name) || !isFree(row)) return isSet;
  return fits(part, bo, row, isSet);
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
