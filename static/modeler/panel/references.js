/** What a reference of the table may name in this file, and what a new one is. Pure. */

/**
 * @typedef {object} Kind
 * @property {string} word what it is called
 * @property {(bo: any, definitions: any) => any[]} found
 * @property {string} [type] of a new one
 * @property {(number: number) => Record<string, any>} [made] its properties
 */

/** @param {string} type @param {string} word @param {Kind['made']} [made] @returns {Kind} */
const root = (
  type,
  word,
  made = (number) => ({ name: `${word.charAt(0).toUpperCase()}${word.slice(1)} ${number}` }),
) => ({
  word,
  type,
  made,
  found: (_, definitions) => rootsOf(definitions).filter((one) => one.$type === type),
});

/** @param {any} definitions @returns {any[]} */
const rootsOf = (definitions) => definitions?.rootElements ?? [];

/** @type {Record<string, Kind>} */
export const KINDS = {
  messageRef: root('bpmn:Message', 'message'),
  signalRef: root('bpmn:Signal', 'signal'),
  errorRef: root('bpmn:Error', 'error'),
  escalationRef: root('bpmn:Escalation', 'escalation'),
  itemSubjectRef: root('bpmn:ItemDefinition', 'item definition', () => ({ structureRef: 'xsd:string' })),
  dataStoreRef: root('bpmn:DataStore', 'data store'),
  correlationPropertyRef: root('bpmn:CorrelationProperty', 'correlation property'),
  correlationKeyRef: {
    word: 'correlation key',
    found: (_, definitions) => rootsOf(definitions).flatMap((one) => one.correlationKeys ?? []),
  },
  dataObjectRef: {
    word: 'data object',
    found: (bo) => scopesOf(bo).flatMap((scope) => typed(scope, 'bpmn:DataObject')),
  },
  activityRef: {
    word: 'activity',
    found: (bo) => (scopesOf(bo)[0]?.flowElements ?? []).filter(isUndone),
  },
  default: { word: 'flow', found: (bo) => bo.outgoing ?? [] },
  noneBehaviorEventRef: { word: 'event', found: (_, definitions) => rootsOf(definitions).filter(isEvent) },
  oneBehaviorEventRef: { word: 'event', found: (_, definitions) => rootsOf(definitions).filter(isEvent) },
};

/** Kinds of events that instances of a loop may throw: they end nothing by themselves. */
export const THROWN = /** @type {[string, string][]} */ ([
  ['bpmn:SignalEventDefinition', 'signal'],
  ['bpmn:MessageEventDefinition', 'message'],
  ['bpmn:EscalationEventDefinition', 'escalation'],
  ['bpmn:ErrorEventDefinition', 'error'],
]);

/** @param {any} one */
const isEvent = (one) => /EventDefinition$/.test(one.$type);
/** @param {any} one */
const isUndone = (one) => one.$instanceOf('bpmn:Activity') && !one.isForCompensation && !one.triggeredByEvent;

/** The subprocesses and the process around an object, innermost first. @param {any} bo @returns {any[]} */
export function scopesOf(bo) {
  const scopes = [];
  for (let around = bo.$parent; around; around = around.$parent) if (around.flowElements) scopes.push(around);
  return scopes;
}

/** @param {any} scope @param {string} type @returns {any[]} */
const typed = (scope, type) => (scope.flowElements ?? []).filter((/** @type {any} */ one) => one.$type === type);

/** What an object without a name of its own is told apart by. @type {Record<string, (one: any) => string | undefined>} */
const TOLD = {
  'bpmn:SequenceFlow': (flow) => flow.name || `to ${flow.targetRef?.name || flow.targetRef?.id}`,
  'bpmn:CorrelationPropertyRetrievalExpression': (one) => one.messageRef?.name || 'a message',
  'bpmn:CorrelationSubscription': (one) => one.correlationKeyRef?.name || 'a key',
  'bpmn:CorrelationPropertyBinding': (one) => one.correlationPropertyRef?.name || 'a property',
  'bpmn:Assignment': (one) => one.to?.body || 'the target',
  'bpmn:ComplexBehaviorDefinition': (one) => one.condition?.body || 'no condition yet',
  'bpmn:Error': (one) => one.name || one.errorCode,
  'bpmn:Escalation': (one) => one.name || one.escalationCode,
  'bpmn:ItemDefinition': (one) => one.structureRef,
};

/** How people know an object of the file. @param {any} one @returns {string} */
export function called(one) {
  const told = isEvent(one) ? eventCalled(one) : TOLD[one.$type]?.(one);
  return told || one.name || one.id || '';
}

/** `signal “Paid”` @param {any} event */
function eventCalled(event) {
  const kind = event.$type.slice(5).replace('EventDefinition', '').toLowerCase();
  const named = event.messageRef ?? event.signalRef ?? event.errorRef ?? event.escalationRef;
  return named ? `${kind} “${called(named)}”` : `${kind}, not named yet`;
}
