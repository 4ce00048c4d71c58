/** What a DMN file holds, read from the objects of dmn-js. Pure. */

/** @typedef {'decision' | 'table' | 'column' | 'rule' | 'cell' | 'literal' | 'node' | 'file'} Kind */
/** @typedef {{ kind: Kind, id: string, node: any, words: string }} Place where something is shown: in the view of `node` */

/** @param {any} element @param {string} type */
export const is = (element, type) => Boolean(element?.$instanceOf?.(type));

/** @param {any} definitions @returns {any[]} */
export const decisionsOf = (definitions) =>
  (definitions?.get('drgElement') ?? []).filter((/** @type {any} */ element) => is(element, 'dmn:Decision'));

/** @param {any} node @returns {any} */
export const tableOf = (node) => {
  const logic = node?.decisionLogic ?? node?.encapsulatedLogic?.body;
  return is(logic, 'dmn:DecisionTable') ? logic : null;
};

/** @param {any} clause @returns {string} */
export const labelOf = (clause) => clause.label || clause.inputExpression?.text || clause.name || clause.id;

/**
 * All objects with an id, without those of the drawing.
 * @param {any} definitions
 * @returns {Map<string, any>}
 */
export function byIds(definitions) {
  const found = new Map();
  const todo = [definitions];
  while (todo.length) {
    const object = todo.pop();
    if (object.id) found.set(object.id, object);
    for (const { name, isReference } of object.$descriptor.properties) {
      if (isReference || name === 'dmnDI') continue;
      for (const value of [object.get(name)].flat()) if (value?.$descriptor) todo.push(value);
    }
  }
  return found;
}

/**
 * Where the object is shown, and how people call that place.
 * @param {any} object
 * @returns {Place}
 */
export function placeOf(object) {
  /** @type {Place | null} */
  let inside = null;
  for (let around = object; around; around = around.$parent) {
    inside ??= ownPlace(around);
    if (is(around, 'dmn:DRGElement')) {
      const words = [around.name || around.id, inside?.words].filter(Boolean).join(' · ');
      return inside ? { ...inside, node: around, words } : { kind: 'node', id: around.id, node: around, words };
    }
  }
  return { kind: 'file', id: '', node: null, words: '' };
}

/** @param {any} object @returns {Place | null} */
function ownPlace(object) {
  const place = (/** @type {Kind} */ kind, /** @type {string} */ words) => ({ kind, id: object.id, node: null, words });
  if (is(object, 'dmn:InputClause') || is(object, 'dmn:OutputClause')) return place('column', labelOf(object));
  if (is(object, 'dmn:DecisionRule')) return place('rule', `rule ${numberOf(object)}`);
  if (is(object, 'dmn:DecisionTable')) return place('table', '');
  if (is(object.$parent, 'dmn:DecisionRule') && object.id) {
    return place('cell', `rule ${numberOf(object.$parent)} · ${columnOf(object)}`);
  }
  return is(object, 'dmn:LiteralExpression') && is(object.$parent, 'dmn:Decision') ? place('literal', '') : null;
}

/** @param {any} rule */
const numberOf = (rule) => rule.$parent.rule.indexOf(rule) + 1;

/** @param {any} cell */
function columnOf(cell) {
  const rule = cell.$parent;
  const input = rule.get('inputEntry').indexOf(cell);
  const clause = input < 0 ? rule.$parent.output[rule.get('outputEntry').indexOf(cell)] : rule.$parent.input[input];
  return clause ? labelOf(clause) : '';
}
