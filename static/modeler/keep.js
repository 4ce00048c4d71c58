/**
 * What bpmn-js would lose between opening and saving: a reference to something that the file does not hold as an
 * element. `<loopDataInputRef>items</loopDataInputRef>` names a variable here; it is put back as it was.
 */
const KEPT = new Set(['bpmn:loopDataInputRef', 'bpmn:loopDataOutputRef']);

class KeepReferences {
  /**
   * @param {any} eventBus
   * @param {any} moddle
   */
  constructor(eventBus, moddle) {
    eventBus.on('import.parse.complete', 2000, (/** @type {any} */ event) => {
      for (const { id, property, element } of event.references ?? []) {
        if (KEPT.has(property) && !element.get(property)) element.set(property, moddle.create('bpmn:Property', { id }));
      }
    });
  }
}
KeepReferences.$inject = ['eventBus', 'moddle'];

export default { __init__: ['keepReferences'], keepReferences: ['type', KeepReferences] };
