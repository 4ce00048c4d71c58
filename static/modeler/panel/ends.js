/** What a drawn data association fills or takes: a data input or output of the activity, or nothing: it is only drawn. */
import { variableFrom } from '../key.js';
import { PLACEHOLDER } from '../model.js';
import { entry, select } from './dom.js';
import { called } from './references.js';

/** @param {import('./entries.js').Place} place */
export function associationEnd({ model, element, bo, row, path }) {
  const owner = bo.$parent;
  const isInput = row.name === 'targetRef';
  const list = { ...row, name: isInput ? 'dataInput' : 'dataOutput' };
  const loop = owner.loopCharacteristics;
  const item = isInput ? null : loop?.outputDataItem;
  const found = [...model.childrenOf(owner, list), ...(item ? [item] : [])];
  const current = found.find((one) => [bo.get(row.name)].flat().includes(one));
  const put = (/** @type {any} */ end, /** @type {any[]} */ before = []) =>
    model.change(element, [
      ...before,
      { moddleElement: bo, properties: { [row.name]: isInput ? end : end ? [end] : [] } },
    ]);
  const choose = (/** @type {string} */ id) => {
    if (id === '+') {
      const { child, changes } = model.newChild(owner, list, { name: nameFor(bo, isInput) });
      return put(child, changes);
    }
    const end = found.find((one) => one.id === id);
    return end || !isInput ? put(end) : drawnOnly();
  };
  /** BPMN wants a target: bpmn-js draws to a property that stands for none. */
  const drawnOnly = () => {
    const there = (owner.properties ?? []).find((/** @type {any} */ one) => one.name === PLACEHOLDER);
    if (there) return put(there);
    const { child, changes } = model.newChild(owner, { ...row, name: 'property' }, { name: PLACEHOLDER });
    return put(child, changes);
  };
  const options = /** @type {[string, string][]} */ ([
    ['', 'nothing: it is only drawn'],
    ...found.map((one) => [one.id, called(one)]),
    ['+', isInput ? 'New data input…' : 'New data output…'],
  ]);
  return entry(row.label, select(current?.id ?? '', options, choose), { help: row.meaning, key: `${path}${row.name}` });
}

/** The new one is called as what it exchanges. @param {any} bo @param {boolean} isInput */
function nameFor(bo, isInput) {
  const other = isInput ? bo.sourceRef?.[0] : bo.targetRef;
  const names = [other?.dataObjectRef, other?.dataStoreRef, other].map((one) => one?.name);
  return variableFrom(names.find(Boolean) ?? '') || 'data';
}
