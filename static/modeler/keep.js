/**
 * What bpmn-js would lose between opening and saving: a reference to something that the file does not hold as an
 * element. `<loopDataInputRef>items</loopDataInputRef>` names a variable here; it is put back as it was.
 */
const KEPT = new Set(['bpmn:loopDataInputRef', 'bpmn:loopDataOutputRef']);

/** Children by their own names, as in the schema of BPMN; bpmn-moddle takes them for something else and would drop them. */
const CHILDREN = [
  ['bpmn:GlobalScriptTask', 'bpmn:script'],
  ['bpmn:CorrelationPropertyRetrievalExpression', 'bpmn:messagePath'],
  ['bpmn:CorrelationPropertyBinding', 'bpmn:dataPath'],
  ['bpmn:ComplexBehaviorDefinition', 'bpmn:condition'],
  ['bpmn:ComplexBehaviorDefinition', 'bpmn:event'],
];

/** @param {any} moddle */
function keepChildren(moddle) {
  for (const [type, name] of CHILDREN) {
    const property = moddle.registry.typeMap[type].properties.find((/** @type {any} */ one) => one.name === name);
    property.isAttr = false;
    if (property.type !== 'String') property.xml = { serialize: 'property' };
  }
}

class KeepReferences {
  /**
   * @param {any} eventBus
   * @param {any} moddle
   */
  constructor(eventBus, moddle) {
    keepChildren(moddle);
    eventBus.on('import.parse.complete', 2000, (/** @type {any} */ event) => {
      for (const { id, property, element } of event.references ?? []) {
        if (KEPT.has(property) && !element.get(property)) element.set(property, moddle.create('bpmn:Property', { id }));
      }
    });
  }
}
KeepReferences.$inject = ['eventBus', 'moddle'];

export default { __init__: ['keepReferences'], keepReferences: ['type', KeepReferences] };
