/** What the server offers as a fix, said in the objects of bpmn-js. Pure: no page in here. */

import { byId, drawnBy } from '../tree.js';

/** @typedef {import('../../api.js').Fix} Fix */

/**
 * The object and its new properties; `properties` is null where the object itself goes. Null where the fix does not fit
 * the diagram any more.
 * @param {Fix} fix
 * @param {any} definitions
 * @returns {{ object: any, properties: Record<string, any> | null } | null}
 */
export function changeOf(fix, definitions) {
  const object = byId(definitions, fix.elementId);
  if (!object) return null;
  if (!fix.property) return { object, properties: null };
  const value = fix.value === null ? undefined : valueOf(object, fix, definitions);
  return value === null ? null : { object, properties: { [fix.property]: value } };
}

/** The value in the type of its property. @param {any} object @param {Fix} fix @param {any} definitions */
function valueOf(object, fix, definitions) {
  const property = object.$descriptor.propertiesByName[fix.property];
  if (property?.isReference) return byId(definitions, /** @type {string} */ (fix.value));
  if (property?.type === 'Boolean') return fix.value === 'true' || fix.value === '1';
  return property?.type === 'Integer' ? Number(fix.value) : fix.value;
}

/**
 * Do what a fix says as one step of undo. False where it does not fit the diagram any more.
 * @param {any} modeler
 * @param {Fix} fix
 */
export function applyFix(modeler, fix) {
  const change = changeOf(fix, modeler.getDefinitions());
  if (!change) return false;
  const drawn = drawnBy(change.object, modeler.get('elementRegistry')) ?? modeler.get('canvas').getRootElement();
  if (change.properties) {
    const changes = [{ moddleElement: change.object, properties: change.properties }];
    modeler.get('commandStack').execute('stellwerk.change', { element: drawn, changes });
  } else if (drawn.businessObject === change.object) {
    modeler.get('modeling').removeElements([drawn]);
  } else {
    return false;
  }
  return true;
}
