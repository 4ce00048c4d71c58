/** Walks through a file's objects, those that nobody draws included. Pure. */

/**
 * Everything in the file but its drawings, depth first.
 * @param {any} definitions
 * @returns {Generator<any>}
 */
export function* objects(definitions) {
  const todo = [definitions];
  while (todo.length) {
    const element = todo.pop();
    yield element;
    for (const { name, isReference } of element.$descriptor?.properties ?? []) {
      const values = isReference ? [] : [element.get(name)].flat();
      todo.push(...values.filter((value) => value?.$type && !value.$instanceOf?.('bpmndi:BPMNDiagram')));
    }
  }
}

/**
 * The object with this id anywhere in the file, also one that nobody draws, as an event definition.
 * @param {any} definitions
 * @param {string} id
 */
export function byId(definitions, id) {
  for (const element of objects(definitions)) if (element.id === id) return element;
  return null;
}

/**
 * The changes after which nothing refers to the object any more.
 * @param {any} definitions
 * @param {any} target
 * @returns {{ moddleElement: any, properties: Record<string, any> }[]}
 */
export function referrers(definitions, target) {
  const found = [];
  for (const element of objects(definitions)) {
    for (const { name, isReference } of element.$descriptor?.properties ?? []) {
      const value = isReference ? element.get(name) : null;
      if (value === target) found.push({ moddleElement: element, properties: { [name]: undefined } });
      if (Array.isArray(value) && value.includes(target)) {
        found.push({ moddleElement: element, properties: { [name]: value.filter((one) => one !== target) } });
      }
    }
  }
  return found;
}

/**
 * What is drawn of the object, or of the nearest one around it; of a process in a pool that is the pool.
 * @param {any} object
 * @param {any} registry
 */
export function drawnBy(object, registry) {
  for (let around = object; around; around = around.$parent) {
    const drawn = registry.get(around.id) ?? poolOf(around, registry);
    if (drawn) return drawn;
  }
  return null;
}

/** @param {any} object @param {any} registry */
function poolOf(object, registry) {
  if (object.$type !== 'bpmn:Process') return null;
  return registry.find((/** @type {any} */ element) => element.businessObject?.processRef === object) ?? null;
}
