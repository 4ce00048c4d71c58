/** Reading and changing a diagram's objects by the rows of the table. No page in here; every change is one command. */

/** @typedef {import('./vocabulary.js').Row} Row */

/** Whether the row is a child element whose text is an expression. @param {Row} row */
const isExpression = (row) => row.form === 'element' && /^(expression|iso-)/.test(row.type);

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
    const value = bo.get(property(row.name));
    if (row.name === 'documentation') return value?.[0]?.text;
    if (isExpression(row)) return value?.body;
    if (row.type === 'reference') return value?.id;
    return value;
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
    if (isExpression(row)) return value ? this.#child('bpmn:FormalExpression', { body: value }, bo) : undefined;
    if (row.type === 'boolean') return Boolean(value);
    return value === '' ? undefined : value;
  }

  /** @param {string} type @param {Record<string, any>} properties @param {any} parent */
  #child(type, properties, parent) {
    const child = this.factory.create(type, properties);
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
