/** One entry for each kind of row. An entry gets the row's place in the diagram and makes one command of each change. */
import { extension, extensions } from '../model.js';
import { button, checkbox, entry, h, select, textInput } from './dom.js';
import { fieldList, mappingList, passedList } from './lists.js';

/**
 * @typedef {object} Place
 * @property {import('../model.js').Model} model
 * @property {any} element drawn
 * @property {any} bo
 * @property {import('../vocabulary.js').Row} row
 * @property {import('../handlers.js').Handler[]} handlers
 * @property {{ key: string, name: string }[]} processes that are deployed
 * @property {(value: any) => void} set
 */

const MONO = new Set(['expression', 'script', 'iso-date', 'iso-duration', 'iso-cycle']);
const LONG = new Set(['script', 'text']);
const PLACEHOLDERS = { 'iso-date': '2026-12-24T09:00:00Z', 'iso-duration': 'PT1H', 'iso-cycle': 'R3/PT10S' };

/** @param {Place} place @returns {HTMLElement} */
export function entryFor(place) {
  const special = SPECIAL[/** @type {keyof typeof SPECIAL} */ (place.row.name)];
  return special ? special(place) : plain(place);
}

/** @param {Place} place */
function plain({ model, bo, row, set }) {
  const value = model.read(bo, row);
  const about = { help: row.meaning, key: row.name };
  if (row.type === 'boolean') {
    return entry(row.label, checkbox(value ?? row.default === 'true', set), { ...about, inline: true });
  }
  if (row.type === 'enumeration') {
    return entry(
      row.label,
      select(
        value ?? row.default,
        row.choices.map((c) => [c, c]),
        set,
      ),
      about,
    );
  }
  const input = textInput(String(value ?? ''), set, {
    long: LONG.has(row.type),
    mono: MONO.has(row.type) || row.name === 'id',
    placeholder: PLACEHOLDERS[/** @type {keyof typeof PLACEHOLDERS} */ (row.type)] ?? row.default,
  });
  return entry(row.label, input, about);
}

/** @param {Place} place */
function topic({ model, element, bo, row, handlers }) {
  const value = model.read(bo, row) ?? '';
  const list = h(
    'datalist',
    { id: 'mp-topics' },
    handlers.map((one) => h('option', { value: one.topic }, [one.description])),
  );
  const set = (/** @type {string} */ text) =>
    model.change(element, [
      {
        moddleElement: bo,
        properties: { 'camunda:topic': text || undefined, 'camunda:type': text ? 'external' : undefined },
      },
    ]);
  const known = handlers.find((one) => one.topic === value);
  const more = known ? [about(known, { model, element, bo })] : [];
  const help =
    value && !known ? 'No function is registered for this topic here; an external worker may do it.' : row.meaning;
  return h('div', {}, [
    entry(row.label, textInput(value, set, { list: 'mp-topics' }), { help, key: row.name, more }),
    list,
  ]);
}

/**
 * What a handler does, what it takes, and a button that adds the inputs that are not there.
 * @param {import('../handlers.js').Handler} handler
 * @param {{ model: import('../model.js').Model, element: any, bo: any }} place
 */
function about(handler, { model, element, bo }) {
  const io = extension(bo, 'camunda:inputOutput');
  const there = new Set((io?.inputParameters ?? []).map((/** @type {any} */ p) => p.name));
  const missing = handler.inputs.filter((input) => input.required && !there.has(input.name));
  const words = handler.inputs.map(({ name, type, required }) => `${name}: ${type}${required ? '' : ' (optional)'}`);
  const box = h('div', { className: 'mp-about' }, [h('p', {}, [handler.description])]);
  if (words.length) box.append(h('p', { className: 'mp-takes' }, [`Takes ${words.join(', ')}.`]));
  if (missing.length) {
    const fill = () => {
      const added = missing.map(({ name }) => model.create('camunda:InputParameter', { name, value: `\${${name}}` }));
      const inputParameters = [...(io?.inputParameters ?? []), ...added];
      const properties = { inputParameters, outputParameters: io?.outputParameters ?? [] };
      model.change(element, model.extensionChanges(bo, 'camunda:inputOutput', properties));
    };
    box.append(button(`Add its ${missing.length === 1 ? 'input' : `${missing.length} inputs`}`, fill));
  }
  return box;
}

/** The process that a call activity calls: those that are deployed are offered. @param {Place} place */
function called({ model, bo, row, processes, set }) {
  const value = model.read(bo, row) ?? '';
  const list = h(
    'datalist',
    { id: 'mp-processes' },
    processes.map(({ key, name }) => h('option', { value: key }, [name])),
  );
  const known = processes.find(({ key }) => key === value);
  const help = known ? `Calls “${known.name}”.` : row.meaning;
  return h('div', {}, [
    entry(row.label, textInput(value, set, { list: 'mp-processes' }), { help, key: row.name }),
    list,
  ]);
}

/** Date, duration or cycle: one of the three. @param {Place} place */
function timer({ model, element, bo, row }) {
  const kinds = /** @type {[string, string, string][]} */ ([
    ['timeDuration', 'Duration', 'iso-duration'],
    ['timeDate', 'Date', 'iso-date'],
    ['timeCycle', 'Cycle', 'iso-cycle'],
  ]);
  const [kind, , type] = kinds.find(([name]) => bo.get(name)) ?? kinds[0];
  const set = (/** @type {string} */ name, /** @type {string} */ text) => {
    const properties = Object.fromEntries(kinds.map(([other]) => [other, undefined]));
    const changes = model.changesFor(bo, { ...row, name, form: 'element' }, text || ' ');
    model.change(element, [{ moddleElement: bo, properties: { ...properties, ...changes[0].properties } }]);
  };
  const text = (bo.get(kind)?.body ?? '').trim();
  const placeholder = PLACEHOLDERS[/** @type {keyof typeof PLACEHOLDERS} */ (type)];
  return h('div', {}, [
    entry(
      'When',
      select(
        kind,
        kinds.map(([name, words]) => [name, words]),
        (name) => set(name, text),
      ),
      { key: 'timer-kind' },
    ),
    entry(
      'Time',
      textInput(text, (value) => set(kind, value), { mono: true, placeholder }),
      {
        key: 'timer-value',
        help: 'ISO 8601, such as PT1H, P2D, 2026-12-24T09:00:00Z, R3/PT10M; or an expression.',
      },
    ),
  ]);
}

const ROOTS = { messageRef: 'Message', signalRef: 'Signal', errorRef: 'Error', escalationRef: 'Escalation' };
/** The attribute that tells errors and escalations apart. @type {Record<string, string>} */
const CODES = { Error: 'errorCode', Escalation: 'escalationCode' };

/** A message, signal, error or escalation of the file: choose it, name it, or make a new one. @param {Place} place */
function reference(place) {
  const { model, element, bo, row } = place;
  const kind = ROOTS[/** @type {keyof typeof ROOTS} */ (row.name)];
  const code = CODES[kind];
  const current = bo.get(row.name);
  const roots = model.roots(`bpmn:${kind}`);
  const options = /** @type {[string, string][]} */ ([
    ['', code ? `any ${kind.toLowerCase()}` : 'none yet'],
    ...roots.map((/** @type {any} */ root) => [root.id, root.name || (code && root[code]) || root.id]),
    ['+', `New ${kind.toLowerCase()}…`],
  ]);
  const choose = (/** @type {string} */ id) => {
    if (id !== '+') return place.set(roots.find((/** @type {any} */ root) => root.id === id) ?? '');
    const { root, changes } = model.newRoot(`bpmn:${kind}`, { name: `${kind} ${roots.length + 1}` });
    return model.change(element, [...changes, { moddleElement: bo, properties: { [row.name]: root } }]);
  };
  const edit = (/** @type {string} */ name, /** @type {string} */ words, /** @type {string} */ help) =>
    entry(
      words,
      textInput(current.get(name) ?? '', (text) =>
        model.change(element, [{ moddleElement: current, properties: { [name]: text || undefined } }]),
      ),
      { key: `${row.name}-${name}`, help },
    );
  const entries = [entry(row.label, select(current?.id ?? '', options, choose), { help: row.meaning, key: row.name })];
  if (current) entries.push(edit('name', `${kind} name`, 'Changes it wherever it is used.'));
  if (current && code) entries.push(edit(code, `${kind} code`, `Tells ${kind.toLowerCase()}s apart.`));
  return h('div', {}, entries);
}

/** The activity that a compensation event undoes: one beside the event, or everything. @param {Place} place */
function compensated({ bo, row, set }) {
  const beside = bo.$parent?.$parent?.flowElements ?? [];
  const found = beside.filter((/** @type {any} */ e) => e.$instanceOf('bpmn:Activity') && !e.isForCompensation);
  const options = /** @type {[string, string][]} */ ([
    ['', 'everything that has completed'],
    ...found.map((/** @type {any} */ activity) => [activity.id, activity.name || activity.id]),
  ]);
  const pick = (/** @type {string} */ id) => set(found.find((/** @type {any} */ e) => e.id === id) ?? '');
  return entry(row.label, select(bo.get(row.name)?.id ?? '', options, pick), { help: row.meaning, key: row.name });
}

/** @param {Place} place */
function defaultFlow({ bo, row, set }) {
  const flows = (bo.outgoing ?? []).map((/** @type {any} */ flow) => [
    flow.id,
    flow.name || `to ${flow.targetRef?.name || flow.targetRef?.id}`,
  ]);
  const pick = (/** @type {string} */ id) => set((bo.outgoing ?? []).find((/** @type {any} */ f) => f.id === id) ?? '');
  return entry(row.label, select(bo.get('default')?.id ?? '', [['', 'none'], ...flows], pick), {
    help: row.meaning,
    key: row.name,
  });
}

/** @param {Place} place */
function loop({ model, element, bo, row }) {
  const current = bo.loopCharacteristics;
  const isMany = current?.$type === 'bpmn:MultiInstanceLoopCharacteristics';
  const value = !current ? 'once' : !isMany ? 'while' : current.isSequential ? 'sequential' : 'parallel';
  const put = (/** @type {any} */ made) => {
    if (made) made.$parent = bo;
    return model.change(element, [{ moddleElement: bo, properties: { loopCharacteristics: made } }]);
  };
  const set = (/** @type {string} */ choice) => {
    if (choice === 'once') return put(undefined);
    if (choice === 'while') return put(model.create('bpmn:StandardLoopCharacteristics', {}));
    const isSequential = choice === 'sequential';
    if (isMany) return model.change(element, [{ moddleElement: current, properties: { isSequential } }]);
    return put(model.create('bpmn:MultiInstanceLoopCharacteristics', { isSequential }));
  };
  const options = /** @type {[string, string][]} */ ([
    ['once', 'Once'],
    ['parallel', 'For each item, at the same time'],
    ['sequential', 'For each item, one after another'],
    ['while', 'As long as a condition is true'],
  ]);
  return entry('Repeat', select(value, options, set), { help: row.meaning, key: row.name });
}

/** @param {Place} place */
function formData({ model, element, bo, row }) {
  const list = fieldList(model, extension(bo, row.name), (fields) =>
    model.change(element, model.extensionChanges(bo, row.name, fields.length ? { fields } : null)),
  );
  return h('fieldset', { className: 'mp-entry' }, [h('legend', { title: row.meaning }, [row.label]), list]);
}

/** @param {Place} place */
function mapping({ model, element, bo, row }) {
  const commit = (/** @type {any} */ lists) => {
    const some = lists.inputParameters.length + lists.outputParameters.length;
    model.change(element, model.extensionChanges(bo, row.name, some ? lists : null));
  };
  const list = mappingList(model, extension(bo, row.name), commit, !/StartEvent$/.test(bo.$type));
  return h('fieldset', { className: 'mp-entry' }, [h('legend', { title: row.meaning }, [row.label]), list]);
}

/** @param {Place} place */
function passed({ model, element, bo, row }) {
  const commit = (/** @type {Record<string, any>[]} */ list) =>
    model.change(element, model.extensionListChanges(bo, row.name, list));
  const list = passedList(extensions(bo, row.name), commit, row.name === 'camunda:in');
  return h('fieldset', { className: 'mp-entry' }, [h('legend', { title: row.meaning }, [row.label]), list]);
}

const SPECIAL = {
  calledElement: called,
  'camunda:in': passed,
  'camunda:out': passed,
  'camunda:topic': topic,
  timeDate: timer,
  messageRef: reference,
  errorRef: reference,
  signalRef: reference,
  escalationRef: reference,
  activityRef: compensated,
  noneBehaviorEventRef: () => h('span'), // kept as they are
  oneBehaviorEventRef: () => h('span'),
  complexBehaviorDefinition: () => h('span'),
  default: defaultFlow,
  multiInstanceLoopCharacteristics: loop,
  standardLoopCharacteristics: () => h('span'), // chosen with the repetition, as is
  isSequential: () => h('span'),
  'camunda:formData': formData,
  'camunda:inputOutput': mapping,
};
