/** Reading and changing a diagram's objects by the rows of the table. No page in here; every change is one command. */
import { byId, referrers } from './tree.js';

/** @typedef {import('./vocabulary.js').Row} Row */

/** Where the children of a row are kept, when not under its own name. @type {Record<string, string>} */
const LISTS = {
  property: 'properties',
  correlationKey: 'correlationKeys',
  correlationSubscription: 'correlationSubscriptions',
  dataInput: 'dataInputs',
  dataOutput: 'dataOutputs',
};

/** The property that bpmn-js gives an association that carries nothing, so that it has a target. */
export const PLACEHOLDER = '__targetRef_placeholder';

export class Model {
  /** @param {any} modeler */
  constructor(modeler) {
    this.moddle = modeler.get('moddle');
    this.factory = modeler.get('bpmnFactory');
    this.commands = modeler.get('commandStack');
    this.modeler = modeler;
  }

  /**
   * @param {any} element drawn
   * @param {{ moddleElement: any, properties: Record<string, any> }[]} changes
   */
  change(element, changes) {
    this.commands.execute('stellwerk.change', { element, changes });
  }

  /** The text or truth that a row has in a business object; undefined when it is not there. @param {any} bo @param {Row} row */
  read(bo, row) {
    if (row.form === 'extension') return extension(bo, row.name)?.body;
    if (row.type === 'list') return this.childrenOf(bo, row);
    const value = bo.get(property(row.name));
    if (row.name === 'documentation') return value?.[0]?.text;
    if (row.type === 'reference') return idsOf(value);
    return row.form === 'element' && row.type !== 'element' ? textOf(value) : value;
  }

  /**
   * The children that a row of type `list` names.
   * @param {any} bo
   * @param {Row} row
   * @returns {any[]}
   */
  childrenOf(bo, row) {
    if (bo.$type === 'bpmn:Definitions') return this.roots(listed(row));
    const holder = this.holderOf(bo, row);
    const list = holder ? holder.get(LISTS[row.name] ?? row.name) : [];
    return list.filter((/** @type {any} */ one) => one.name !== PLACEHOLDER);
  }

  /** Inputs and outputs of activities and processes lie in their specification. @param {any} bo @param {Row} row */
  holderOf(bo, row) {
    return /^data(Input|Output)$/.test(row.name) && !bo.$instanceOf('bpmn:Event') ? bo.ioSpecification : bo;
  }

  /**
   * A new child of a list, and the changes that put it there.
   * @param {any} bo
   * @param {Row} row
   * @param {Record<string, any>} properties
   */
  newChild(bo, row, properties = {}) {
    if (bo.$type === 'bpmn:Definitions') {
      const { root, changes } = this.newRoot(listed(row), properties);
      return { child: root, changes };
    }
    const holder = this.holderOf(bo, row);
    if (!holder) return this.#specified(bo, row, properties);
    const child = this.#child(listed(row), properties, holder);
    const name = LISTS[row.name] ?? row.name;
    const changes = [{ moddleElement: holder, properties: { [name]: [...holder.get(name), child] } }];
    return { child, changes: [...changes, ...intoSet(holder, row, child)] };
  }

  /** The first input or output brings its specification along. @param {any} bo @param {Row} row @param {any} properties */
  #specified(bo, row, properties) {
    const child = this.#child(listed(row), properties, null);
    const isInput = row.name === 'dataInput';
    const holder = this.create('bpmn:InputOutputSpecification', {
      dataInputs: isInput ? [child] : [],
      dataOutputs: isInput ? [] : [child],
      inputSets: [this.create('bpmn:InputSet', isInput ? { dataInputRefs: [child] } : {})],
      outputSets: [this.create('bpmn:OutputSet', isInput ? {} : { dataOutputRefs: [child] })],
    });
    holder.$parent = bo;
    return { child, changes: [{ moddleElement: bo, properties: { ioSpecification: holder } }] };
  }

  /**
   * The changes that take an object out of the file, and every reference to it.
   * @param {any} child
   */
  removal(child) {
    const changes = referrers(this.modeler.getDefinitions(), child);
    const holder = child.$parent;
    const { name, isMany } = holder.$descriptor.properties.find(
      (/** @type {any} */ p) => !p.isReference && [holder.get(p.name)].flat().includes(child),
    );
    const rest = isMany ? holder.get(name).filter((/** @type {any} */ one) => one !== child) : undefined;
    const isEmpty =
      holder.$type === 'bpmn:InputOutputSpecification' &&
      [...holder.dataInputs, ...holder.dataOutputs].every((one) => one === child);
    if (isEmpty) return [...changes, { moddleElement: holder.$parent, properties: { ioSpecification: undefined } }];
    return [...changes, { moddleElement: holder, properties: { [name]: rest } }];
  }

  /**
   * What has to change so that a row has this value; empty text means that it is not there.
   * @param {any} bo
   * @param {Row} row
   * @param {any} value
   */
  changesFor(bo, row, value) {
    if (row.form === 'extension') return this.extensionChanges(bo, row.name, value ? { body: value } : null);
    return [{ moddleElement: bo, properties: { [property(row.name)]: this.#valueFor(bo, row, value) }, row }];
  }

  /** @param {any} bo @param {Row} row @param {any} value */
  #valueFor(bo, row, value) {
    if (row.name === 'documentation') return value ? [this.#child('bpmn:Documentation', { text: value }, bo)] : [];
    if (row.type === 'boolean') return Boolean(value);
    if (value === '') return undefined;
    return row.form === 'element' && typeof value === 'string' ? this.#written(bo, row, value) : value;
  }

  /** A text as the child element that holds it. @param {any} bo @param {Row} row @param {string} text */
  #written(bo, row, text) {
    const { type, isReference } = bo.$descriptor.propertiesByName[property(row.name)];
    if (/^bpmn:(Formal)?Expression$/.test(type)) return this.#child('bpmn:FormalExpression', { body: text }, bo);
    // A reference may name a variable: it stands for itself, as when the file was read (keep.js).
    if (isReference)
      return byId(this.modeler.getDefinitions(), text) ?? this.moddle.create('bpmn:Property', { id: text });
    if (/^bpmn:Data/.test(type)) return this.#child(type, { name: text }, bo);
    return text;
  }

  /** @param {string} type @param {Record<string, any>} properties @param {any} parent */
  #child(type, properties, parent) {
    const child = this.create(type, properties);
    child.$parent = parent;
    return child;
  }

  /**
   * Put a child with these properties into extensionElements in place of the one of that name; null removes it. Everything else in
   * there stays, also what nobody here knows.
   * @param {any} bo
   * @param {string} name `camunda:formData`
   * @param {Record<string, any> | null} properties
   */
  extensionChanges(bo, name, properties) {
    return this.extensionListChanges(bo, name, properties ? [properties] : []);
  }

  /** The same for elements that may occur several times: all of that name become those with these properties.
   * @param {any} bo
   * @param {string} name `camunda:in`
   * @param {Record<string, any>[]} list
   */
  extensionListChanges(bo, name, list) {
    const type = typeOf(name);
    const others = (bo.extensionElements?.values ?? []).filter((/** @type {any} */ v) => v.$type !== type);
    const children = list.map((properties) => this.#child(type, properties, null));
    const values = [...others, ...children];
    if (!values.length)
      return bo.extensionElements ? [{ moddleElement: bo, properties: { extensionElements: undefined } }] : [];
    if (bo.extensionElements) {
      for (const child of children) child.$parent = bo.extensionElements;
      return [{ moddleElement: bo.extensionElements, properties: { values } }];
    }
    const holder = this.#child('bpmn:ExtensionElements', { values }, bo);
    for (const value of values) value.$parent = holder;
    return [{ moddleElement: bo, properties: { extensionElements: holder } }];
  }

  /** A tree of plain objects as moddle elements. @param {string} type @param {Record<string, any>} properties */
  create(type, properties) {
    const created = this.factory.create(type, properties);
    if (NAMED.test(type) && !created.id) created.id = this.moddle.ids.nextPrefixed(`${type.slice(5)}_`, created);
    for (const value of Object.values(properties)) {
      for (const child of Array.isArray(value) ? value : [value]) if (child?.$type) child.$parent = created;
    }
    return created;
  }

  /** The messages or errors of the file. @param {string} type `bpmn:Message` */
  roots(type) {
    return (this.modeler.getDefinitions()?.rootElements ?? []).filter((/** @type {any} */ e) => e.$type === type);
  }

  /** @param {string} type @param {Record<string, any>} properties @returns {{ root: any, changes: any[] }} */
  newRoot(type, properties) {
    const definitions = this.modeler.getDefinitions();
    const root = this.#child(type, properties, definitions);
    return {
      root,
      changes: [{ moddleElement: definitions, properties: { rootElements: [...definitions.rootElements, root] } }],
    };
  }

  /** The process that is drawn: the canvas's own, or the first pool's. */
  process() {
    const root = this.modeler.get('canvas').getRootElement();
    const bo = root.businessObject;
    if (bo.$type === 'bpmn:Process') return { element: root, bo };
    const pool = (bo.participants ?? []).find((/** @type {any} */ p) => p.processRef);
    if (pool) return { element: this.modeler.get('elementRegistry').get(pool.id), bo: pool.processRef };
    return { element: root, bo: this.roots('bpmn:Process')[0] ?? bo };
  }
}

/** What others refer to, and bpmn-js gives no id. */
const NAMED = /^bpmn:(DataInput|DataOutput|InputSet|OutputSet|CorrelationKey|CorrelationSubscription)$/;

/** @param {any} value one object, several, or none */
const idsOf = (value) => (Array.isArray(value) ? value.map((one) => one.id) : value?.id);

/** The text that a child element holds: an expression, a named object, or what is only named. @param {any} value */
const textOf = (value) => (value?.$type ? (value.body ?? value.name ?? value.id) : value);

/** `correlationKey` -> `bpmn:CorrelationKey` @param {Row} row */
const listed = (row) => `bpmn:${row.name.charAt(0).toUpperCase()}${row.name.slice(1)}`;

/** A new input or output belongs to the first set. @param {any} holder @param {Row} row @param {any} child */
function intoSet(holder, row, child) {
  const [sets, refs] = row.name === 'dataInput' ? ['inputSets', 'dataInputRefs'] : ['outputSets', 'dataOutputRefs'];
  const set = holder.$type === 'bpmn:InputOutputSpecification' ? holder.get(sets)[0] : null;
  return set ? [{ moddleElement: set, properties: { [refs]: [...set.get(refs), child] } }] : [];
}

/** @param {any} bo @param {string} name `camunda:formData` */
export function extension(bo, name) {
  return (bo.extensionElements?.values ?? []).find((/** @type {any} */ value) => value.$type === typeOf(name));
}

/** All of them. @param {any} bo @param {string} name `camunda:in` @returns {any[]} */
export function extensions(bo, name) {
  return (bo.extensionElements?.values ?? []).filter((/** @type {any} */ value) => value.$type === typeOf(name));
}

/** `camunda:formData` -> `camunda:FormData` @param {string} name */
function typeOf(name) {
  const [prefix, local] = name.split(':');
  return `${prefix}:${local.charAt(0).toUpperCase()}${local.slice(1)}`;
}

/** The row's name as moddle has it. @param {string} name */
function property(name) {
  return name === 'multiInstanceLoopCharacteristics' ? 'loopCharacteristics' : name;
}
