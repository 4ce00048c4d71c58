/** One entry for each kind of row. An entry gets the row's place in the diagram and makes one command of each change. */
import { extension, extensions } from '../model.js';
import { condition, CONDITIONS } from './builder.js';
import { button, checkbox, entry, h, select, textInput } from './dom.js';
import { associationEnd } from './ends.js';
import { typed } from './typed.js';
import { itemList } from './items.js';
import { fieldList, mappingList, passedList } from './lists.js';
import { called, KINDS, THROWN } from './references.js';

/**
 * @typedef {object} Place
 * @property {import('../model.js').Model} model
 * @property {any} element drawn
 * @property {any} bo
 * @property {import('../vocabulary.js').Row} row
 * @property {import('../handlers.js').Handler[]} handlers
 * @property {{ key: string, name: string }[]} processes that are deployed
 * @property {(value: any) => void} set
 * @property {() => import('./complete.js').Names} names that can stand in an expression
 * @property {string} path of the part that the row belongs to: `1-`; empty for the element itself
 * @property {(child: any, path: string) => HTMLElement[]} entriesOf the entries of an object inside this one
 * @property {(child: any) => boolean} isOpen whether an item of a list is unfolded
 * @property {(child: any, open?: boolean) => void} open
 * @property {(key: string) => void} focusNext what has the focus after the change that follows
 */

const MONO = new Set(['expression', 'script', 'iso-date', 'iso-duration', 'iso-cycle']);
const LONG = new Set(['script', 'text']);
const PLACEHOLDERS = { 'iso-date': '2026-12-24T09:00:00Z', 'iso-duration': 'PT1H', 'iso-cycle': 'R3/PT10S' };

/** @param {Place} place @returns {HTMLElement} */
export function entryFor(place) {
  const { row, bo } = place;
  const special = SPECIAL[/** @type {keyof typeof SPECIAL} */ (row.name)];
  if (special) return special(place);
  if (/^bpmn:Data(In|Out)putAssociation$/.test(bo.$type) && row.type === 'reference') return associationEnd(place);
  if (row.type === 'list') return itemList(place);
  if (CONDITIONS.has(row.name)) return condition(place);
  return row.name in KINDS ? reference(place) : plain(place);
}

/** @param {Place} place */
function plain({ model, bo, row, set, path, names }) {
  const value = model.read(bo, row);
  const about = { help: row.meaning, key: path + row.name };
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
  return typed(entry(row.label, input, about), input, row.type, names);
}

/** @param {Place} place */
function topic({ model, element, bo, row, handlers, path }) {
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
    entry(row.label, textInput(value, set, { list: 'mp-topics' }), { help, key: path + row.name, more }),
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
      const added = missing.map(({ name }) => model.create('camunda:InputParameter', { name, value: `=${name}` }));
      const inputParameters = [...(io?.inputParameters ?? []), ...added];
      const properties = { inputParameters, outputParameters: io?.outputParameters ?? [] };
      model.change(element, model.extensionChanges(bo, 'camunda:inputOutput', properties));
    };
    box.append(button(`Add its ${missing.length === 1 ? 'input' : `${missing.length} inputs`}`, fill));
  }
  return box;
}

/** The process that a call activity calls: those that are deployed are offered. @param {Place} place */
function calledElement({ model, bo, row, processes, set }) {
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

const ZONED = 'A time zone may follow in brackets';
const TIMES = {
  timeDuration: `ISO 8601, such as PT1H or P2D; or an expression. ${ZONED}: P1D[Europe/Berlin].`,
  timeDate: `ISO 8601, such as 2026-12-24T09:00:00Z; or an expression. ${ZONED}: 2026-12-24T09:00[Europe/Berlin].`,
  timeCycle: `R3/PT10M, or cron such as 30 9 * * MON-FRI; or an expression. ${ZONED}: 30 9 * * MON-FRI [Europe/Berlin].`,
};

/** Date, duration or cycle: one of the three. @param {Place} place */
function timer({ model, element, bo, row, path, names }) {
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
  const input = textInput(text, (value) => set(kind, value), { mono: true, placeholder });
  const about = { key: `${path}timer-value`, help: TIMES[/** @type {keyof typeof TIMES} */ (kind)] };
  return h('div', {}, [
    entry(
      'When',
      select(
        kind,
        kinds.map(([name, words]) => [name, words]),
        (name) => set(name, text),
      ),
      { key: `${path}timer-kind` },
    ),
    typed(entry('Time', input, about), input, type, names),
  ]);
}

/** What can be changed where it is used, and the attribute that tells them apart. @type {Record<string, string>} */
const CODES = { errorRef: 'errorCode', escalationRef: 'escalationCode', messageRef: '', signalRef: '' };
/** The word for a reference that names nothing, where that means something. @type {Record<string, string>} */
const NOTHING = {
  errorRef: 'any error',
  escalationRef: 'any escalation',
  activityRef: 'everything that has completed',
  itemSubjectRef: 'anything',
  dataStoreRef: 'none: it is one itself',
  default: 'none',
};

/** A message, signal, … of the file, a flow or an activity: choose it, name it, or make a new one. @param {Place} place */
function reference(place) {
  const { model, element, bo, row, path } = place;
  const kind = KINDS[row.name];
  const definitions = model.modeler.getDefinitions();
  const found = kind.found(bo, definitions);
  if (Array.isArray(bo.get(row.name))) return several(place, found);
  const current = bo.get(row.name);
  const makers = makersOf(row.name);
  const options = /** @type {[string, string][]} */ ([
    ['', NOTHING[row.name] ?? 'none yet'],
    ...found.map((one) => [one.id, called(one)]),
    ...makers.map(([type, words]) => [`+${type}`, words]),
  ]);
  const choose = (/** @type {string} */ id) => {
    if (!id.startsWith('+')) return place.set(found.find((one) => one.id === id) ?? '');
    const { root, changes } = model.newRoot(id.slice(1), kind.made?.(found.length + 1) ?? {});
    return model.change(element, [...changes, { moddleElement: bo, properties: { [row.name]: root } }]);
  };
  const help = (!found.length && HINTS[row.name]) || row.meaning;
  const entries = [entry(row.label, select(current?.id ?? '', options, choose), { help, key: path + row.name })];
  return h('div', {}, [...entries, ...(current ? belongings(place, current) : [])]);
}

/** What can be changed of that to which a reference leads. @param {Place} place @param {any} current */
function belongings(place, current) {
  const { row, path } = place;
  if (row.name in CODES) return namedHere(place, current);
  return /BehaviorEventRef$/.test(row.name) ? place.entriesOf(current, `${path}${row.name}-`) : [];
}

/** Where to make what cannot be made here. @type {Record<string, string>} */
const HINTS = {
  correlationKeyRef: 'There is no correlation key yet: draw pools, select the empty canvas, and add one there.',
  correlationPropertyRef:
    'There is no correlation property yet: select the empty canvas, and add one under “In this file”.',
};

/** What can be made anew: types and words. @param {string} name @returns {[string, string][]} */
function makersOf(name) {
  const { type, word } = KINDS[name];
  if (/BehaviorEventRef$/.test(name)) return THROWN.map(([one, words]) => [one, `New ${words}…`]);
  return type ? [[type, `New ${word}…`]] : [];
}

/** A reference that may name several: a box for each. @param {Place} place @param {any[]} found */
function several({ bo, row, set, path }, found) {
  const chosen = bo.get(row.name);
  const boxes = found.map((one) => {
    const put = (/** @type {boolean} */ on) =>
      set(found.filter((other) => (other === one ? on : chosen.includes(other))));
    return entry(called(one), checkbox(chosen.includes(one), put), {
      key: `${path}${row.name}-${one.id}`,
      inline: true,
    });
  });
  const none = h('p', { className: 'mp-note' }, [HINTS[row.name] ?? 'There is none yet.']);
  return h('fieldset', { className: 'mp-entry' }, [
    h('legend', { title: row.meaning }, [row.label]),
    ...(boxes.length ? boxes : [none]),
  ]);
}

/** Name and code of what a reference names. @param {Place} place @param {any} current */
function namedHere({ model, element, row, path }, current) {
  const { word } = KINDS[row.name];
  const title = `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  const edit = (/** @type {string} */ name, /** @type {string} */ words, /** @type {string} */ help) =>
    entry(
      words,
      textInput(current.get(name) ?? '', (text) =>
        model.change(element, [{ moddleElement: current, properties: { [name]: text || undefined } }]),
      ),
      { key: `${path}${row.name}-${name}`, help },
    );
  const entries = [edit('name', `${title} name`, 'Changes it wherever it is used.')];
  if (CODES[row.name]) entries.push(edit(CODES[row.name], `${title} code`, `Tells ${word}s apart.`));
  return entries;
}

/** The event that a condition of a loop throws: its kind, and what it names. @param {Place} place */
function thrown({ model, element, bo, row, path, entriesOf }) {
  const current = bo.event?.eventDefinitions?.[0];
  const put = (/** @type {string} */ type) => {
    const eventDefinitions = type ? [model.create(type, {})] : [];
    const event = model.create('bpmn:ImplicitThrowEvent', { eventDefinitions });
    event.$parent = bo;
    model.change(element, [{ moddleElement: bo, properties: { event } }]);
  };
  const options = /** @type {[string, string][]} */ ([['', 'none yet'], ...THROWN]);
  return h('div', {}, [
    entry(row.label, select(current?.$type ?? '', options, put), { help: row.meaning, key: path + row.name }),
    ...(current ? entriesOf(current, `${path}event-`) : []),
  ]);
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
  calledElement,
  'camunda:in': passed,
  'camunda:out': passed,
  'camunda:topic': topic,
  timeDate: timer,
  event: thrown,
  multiInstanceLoopCharacteristics: loop,
  standardLoopCharacteristics: () => h('span'), // chosen with the repetition, as is
  isSequential: () => h('span'),
  'camunda:formData': formData,
  'camunda:inputOutput': mapping,
};
