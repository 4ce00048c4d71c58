/** Whether a row of the table has an effect at a place of a diagram: what has none is not shown. Pure. */
import { callsDecision } from '../decision.js';

const DECIDING = new Set(['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway']);
/** What always interrupts. */
const ENDING = /^bpmn:(Error|Cancel|Compensate)EventDefinition$/;
/** Events that carry data. */
const CARRYING = /^bpmn:(Message|Signal|Error|Escalation)EventDefinition$/;
const isThrown = (/** @type {any} */ bo) =>
  /^bpmn:(EndEvent|IntermediateThrowEvent|ImplicitThrowEvent)$/.test(bo?.$type);

/** @param {any} bo */
const kindsOf = (bo) => bo.eventDefinitions ?? [];
/** @param {any} bo */
const startsByPeople = (bo) =>
  bo.$type !== 'bpmn:StartEvent' || (!kindsOf(bo).length && (bo.$parent?.$type ?? 'bpmn:Process') === 'bpmn:Process');
/** What is a job only with a topic: its result comes otherwise, or not at all. */
const hasTopic = (/** @type {any} */ bo) => Boolean(bo.get('camunda:topic'));
const isRuled = (/** @type {any} */ bo) => /BusinessRuleTask$/.test(bo.$type);
/** @param {any} bo */
const isJob = (bo) => !(bo.$type === 'bpmn:SendTask' || isRuled(bo)) || hasTopic(bo);
const calls = (/** @type {any} */ bo) => Boolean(bo.get('camunda:decisionRef'));
const isExtended = (/** @type {any} */ bo) => callsDecision(bo) && !calls(bo);
/** @param {string} binding */
const decidedBy = (binding) => (/** @type {any} */ bo) => bo.get('camunda:decisionRefBinding') === binding;
/** @param {any} bo */
const carries = (bo) =>
  !/Event$/.test(bo.$type) || kindsOf(bo).some((/** @type {any} */ kind) => CARRYING.test(kind.$type));
/** @param {string} kind */
const behaves = (kind) => (/** @type {any} */ loop) => loop.behavior === kind;
/** @param {string} binding */
const bound = (binding) => (/** @type {any} */ call) => call.get('camunda:calledElementBinding') === binding;

/**
 * By the row's name: the part that the row belongs to, and the drawn element around it.
 * @type {Record<string, (part: any, bo: any) => boolean>}
 */
const RULES = {
  conditionExpression: decides,
  default: (part) => (part.outgoing ?? []).length > 1,
  parallelMultiple: (part) => kindsOf(part).length > 1,
  cancelActivity: (part) => !kindsOf(part).some((/** @type {any} */ kind) => ENDING.test(kind.$type)),
  isInterrupting: (part) => Boolean(part.$parent?.triggeredByEvent),
  eventGatewayType: (part) => Boolean(part.instantiate),
  activityRef: (_, bo) => isThrown(bo),
  waitForCompletion: (_, bo) => isThrown(bo),
  multiInstanceLoopCharacteristics: (part) => !part.triggeredByEvent,
  standardLoopCharacteristics: (part) => !part.triggeredByEvent,
  isForCompensation: (part) => !part.triggeredByEvent,
  'camunda:formKey': startsByPeople,
  'camunda:formData': startsByPeople,
  'camunda:errorCodeVariable': (_, bo) => !isThrown(bo),
  'camunda:errorMessageVariable': (_, bo) => !isThrown(bo),
  'camunda:escalationCodeVariable': (_, bo) => !isThrown(bo),
  'camunda:taskPriority': isJob,
  'camunda:resultVariable': (part) => isJob(part) || isRuled(part),
  'camunda:topic': (part) => !isRuled(part) || !callsDecision(part),
  'camunda:decisionRef': (part) => !hasTopic(part) && !isExtended(part),
  'camunda:decisionRefBinding': calls,
  'camunda:mapDecisionResult': calls,
  'camunda:failedJobRetryTimeCycle': isJob,
  'camunda:elementVariable': (loop) => !loop.inputDataItem,
  'camunda:collection': (loop) => !loop.loopDataInputRef || Boolean(loop.get('camunda:collection')),
  outputDataItem: (loop) => Boolean(loop.loopDataOutputRef || loop.outputDataItem),
  dataInput: carries,
  dataOutput: carries,
  dataState: (part) => Boolean(part.dataObjectRef),
};

/** Those without an effect are hidden also where the file has them. @type {typeof RULES} */
const STRICT = {
  'camunda:calledElementVersion': bound('version'),
  'camunda:calledElementVersionTag': bound('versionTag'),
  'camunda:decisionRefVersion': decidedBy('version'),
  'camunda:decisionRefVersionTag': decidedBy('versionTag'),
  noneBehaviorEventRef: behaves('None'),
  oneBehaviorEventRef: behaves('One'),
  complexBehaviorDefinition: behaves('Complex'),
  timeDuration: () => false, // one entry with the date
  timeCycle: () => false,
};

/**
 * @param {any} part
 * @param {any} bo
 * @param {{ name: string }} row
 * @param {boolean} isSet whether the file says something else than the default
 */
export function fits(part, bo, row, isSet) {
  if (row.name in STRICT) return STRICT[row.name](part, bo);
  return isSet || !(row.name in RULES) || RULES[row.name](part, bo);
}

/** @param {any} flow */
function decides(flow) {
  const source = flow.sourceRef;
  return Boolean(source) && (DECIDING.has(source.$type) || !/Gateway$|Event$/.test(source.$type));
}
