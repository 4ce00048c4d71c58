/** The server's one table of what a diagram may hold, as the panel reads it. Pure. */

/**
 * @typedef {object} Row one attribute or child element
 * @property {string} name
 * @property {string} type
 * @property {string} label
 * @property {string} meaning
 * @property {string[]} elements
 * @property {string} group
 * @property {'attribute' | 'element' | 'extension'} form
 * @property {string} default
 * @property {string[]} choices
 */

/**
 * @typedef {object} Vocabulary
 * @property {string[]} groups
 * @property {{ tag: string, kind: string, family: string, meaning: string }[]} elements
 * @property {Row[]} attributes
 * @property {Record<string, { name: string, wayOut: string }>} refused
 * @property {string[]} functions of FEEL
 */

/** What the drawing itself shows and changes: where flows go, what is attached to what. */
const DRAWN = new Set(['attachedToRef', 'flowNodeRef', 'xsi:type', 'language', 'triggeredByEvent']);
const ENDS = new Set(['sourceRef', 'targetRef']);
/** Whether a row is about the drawing of this element. @param {Row} row @param {string} tag */
const isDrawn = (row, tag) => DRAWN.has(row.name) || (ENDS.has(row.name) && tag === 'sequenceFlow');

/** @param {string} type `bpmn:UserTask` @returns {string} `userTask` */
export function tagOf(type) {
  const name = type.replace('bpmn:', '');
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * The rows of an element, in the order of the table; a row that names the element wins over one for all.
 * @param {Vocabulary} vocabulary
 * @param {string} tag
 * @returns {Row[]}
 */
export function rowsOf(vocabulary, tag) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const row of vocabulary.attributes) {
    const own = row.elements.includes(tag);
    if (!own && !row.elements.includes('*')) continue;
    if (isDrawn(row, tag)) continue;
    if (own || !rows.has(row.name)) rows.set(row.name, row);
  }
  return [...rows.values()];
}

/** Whether the row offers a choice at all: "must be false" and one-of-one do not. @param {Row} row */
export function isFree(row) {
  if (row.type === 'enumeration') return row.choices.length > 1;
  return !(row.type === 'boolean' && row.meaning.startsWith('Must be'));
}

/** What the element is, in the words of the table. @param {Vocabulary} vocabulary @param {string} tag */
export function meaningOf(vocabulary, tag) {
  return vocabulary.elements.find((element) => element.tag === tag)?.meaning ?? '';
}
