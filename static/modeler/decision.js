/** From a business rule task to its decision, and back. Pure, but for reading the business object. */
import { keyFrom, variableFrom } from './key.js';

/**
 * The id of the decision that a task calls: '' if it names none yet, null if it computes the id or is a job for a topic.
 * @param {any} bo
 * @returns {string | null}
 */
export function decisionOf(bo) {
  const key = bo.get('camunda:decisionRef') || extended(bo) || '';
  if (/^\s*=|[$#]\{/.test(key)) return null;
  return key || !bo.get('camunda:topic') ? key : null;
}

/** Whether a task names a decision, in any way. @param {any} bo */
export const callsDecision = (bo) => Boolean(bo.get('camunda:decisionRef') || extended(bo));

/** As Camunda 8 and SpiffWorkflow write it. @param {any} bo @returns {string | undefined} */
function extended(bo) {
  const of = (/** @type {string} */ type) =>
    (bo.extensionElements?.values ?? []).find((/** @type {any} */ one) => one.$type === type);
  return of('zeebe:calledDecision')?.decisionId ?? of('spiffworkflow:calledDecisionId')?.$body?.trim();
}

/**
 * What a task without a decision gets: the id of one that is called like it, and its value in a variable.
 * @param {any} bo
 * @returns {Record<string, string>}
 */
export function madeFor(bo) {
  const key = keyFrom(bo.name ?? '', 'decision');
  const variable = bo.get('camunda:resultVariable') || variableFrom(bo.name ?? '') || 'decision';
  return {
    'camunda:decisionRef': key,
    'camunda:resultVariable': variable,
    'camunda:mapDecisionResult': 'singleEntry', // what a new decision gives is one value
  };
}

/** Where the decision is edited. @param {any} bo @param {string} draftId */
export function editorOf(bo, draftId) {
  const key = decisionOf(bo) ?? '';
  const query = new URLSearchParams({ key, name: bo.name || key, process: draftId, element: bo.id });
  return `/decisions/editor?${query}`;
}
