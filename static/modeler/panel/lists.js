/** Entries that are lists: the fields of a form, and what goes in and out. */
import { variableFrom } from '../key.js';
import { button, h, select, textInput } from './dom.js';

/** @typedef {import('../model.js').Model} Model */

const KINDS = /** @type {[string, string][]} */ ([
  ['string', 'Text'],
  ['long', 'Whole number'],
  ['double', 'Number'],
  ['boolean', 'Yes or no'],
  ['date', 'Date'],
  ['enum', 'Choice'],
]);

/**
 * @param {Model} model
 * @param {any} formData
 * @param {(fields: any[]) => void} commit
 */
export function fieldList(model, formData, commit) {
  const fields = formData?.fields ?? [];
  const replace = (/** @type {number} */ at, /** @type {any[]} */ by) => commit(fields.toSpliced(at, 1, ...by));
  const rows = fields.map((/** @type {any} */ field, /** @type {number} */ at) =>
    fieldRow(
      fields,
      at,
      (change) => replace(at, [changed(model, field, change)]),
      () => replace(at, []),
    ),
  );
  const add = button('Add a field', () =>
    commit([
      ...fields,
      model.create('camunda:FormField', { id: freeName('field', fields), label: 'Field', type: 'string' }),
    ]),
  );
  return h('div', { className: 'mp-list' }, [...rows, add]);
}

/**
 * @param {any[]} fields
 * @param {number} at
 * @param {(change: Record<string, any>) => void} commit
 * @param {() => void} remove
 */
function fieldRow(fields, at, commit, remove) {
  const field = fields[at];
  const taken = fields.filter((one) => one !== field).map((one) => one.id);
  const named = (/** @type {HTMLElement} */ input, /** @type {string} */ name) => {
    input.dataset.key = `field-${at}-${name}`;
    input.setAttribute('aria-label', `${name} of field ${at + 1}`);
    return input;
  };
  const constraints = field.validation?.constraints ?? [];
  const has = (/** @type {string} */ name) => constraints.some((/** @type {any} */ c) => c.name === name);
  const rule = (/** @type {string} */ name, /** @type {string} */ words) => {
    const box = h('input', { type: 'checkbox', checked: has(name) });
    box.addEventListener('change', () => commit({ rule: name, on: box.checked }));
    return h('label', { className: 'mp-rule' }, [named(box, name), words]);
  };
  const parts = [
    named(
      textInput(field.label ?? '', (label) => commit(renamed(field, label, taken)), { placeholder: 'Label' }),
      'Label',
    ),
    named(
      select(field.type ?? 'string', KINDS, (type) => commit({ type })),
      'Type',
    ),
    named(
      textInput(field.id ?? '', (id) => commit({ id }), { mono: true, placeholder: 'variable' }),
      'Variable',
    ),
    button('×', remove, `Remove field ${at + 1}`),
    h('div', { className: 'mp-rules' }, [rule('required', 'Required'), rule('readonly', 'Read only')]),
  ];
  if (field.type === 'enum')
    parts.push(
      named(
        textInput(choices(field), (text) => commit({ choices: text })),
        'Choices',
      ),
    );
  return h('div', { className: 'mp-field' }, parts);
}

/**
 * The variable follows the label as long as nobody gave it a name of its own.
 * @param {{ id: string, label?: string }} field
 * @param {string} label
 * @param {string[]} taken variables of the other fields
 * @returns {{ label: string, id?: string }}
 */
export function renamed(field, label, taken) {
  const isOwn = !/^field_\d+$/.test(field.id) && field.id !== variableFrom(field.label ?? '');
  const id = variableFrom(label);
  return isOwn || !id || taken.includes(id) ? { label } : { label, id };
}

/** @param {any} field */
function choices(field) {
  return (field.values ?? [])
    .map((/** @type {any} */ v) => (v.name && v.name !== v.id ? `${v.id}: ${v.name}` : v.id))
    .join(', ');
}

/**
 * A copy of a field with one thing changed; what the panel does not show (own properties) stays.
 * @param {Model} model
 * @param {any} field
 * @param {Record<string, any>} change
 */
function changed(model, field, change) {
  const { id, label, type, datePattern, defaultValue, properties, values, validation } = field;
  /** @type {Record<string, any>} */
  const copy = { id, label, type, datePattern, defaultValue, properties, values, validation, ...change };
  if (change.rule) copy.validation = withRule(model, field, change.rule, change.on);
  if (change.choices !== undefined) {
    copy.values = change.choices.split(',').map((/** @type {string} */ text) => {
      const [value, ...words] = text.split(':').map((part) => part.trim());
      return model.create('camunda:Value', { id: value, name: words.join(':') || value });
    });
  }
  for (const name of ['rule', 'on', 'choices']) delete copy[name];
  return model.create('camunda:FormField', Object.fromEntries(Object.entries(copy).filter(([, v]) => v !== undefined)));
}

/** @param {Model} model @param {any} field @param {string} name @param {boolean} on */
function withRule(model, field, name, on) {
  const others = (field.validation?.constraints ?? []).filter((/** @type {any} */ c) => c.name !== name);
  const constraints = on ? [...others, model.create('camunda:Constraint', { name })] : others;
  return constraints.length ? model.create('camunda:Validation', { constraints }) : undefined;
}

/**
 * @param {Model} model
 * @param {any} inputOutput
 * @param {(change: { inputParameters: any[], outputParameters: any[] }) => void} commit
 * @param {boolean} inputs whether the element takes inputs at all
 */
export function mappingList(model, inputOutput, commit, inputs = true) {
  const now = {
    inputParameters: inputOutput?.inputParameters ?? [],
    outputParameters: inputOutput?.outputParameters ?? [],
  };
  const side = (/** @type {'inputParameters' | 'outputParameters'} */ name, /** @type {string} */ words) => {
    const type = name === 'inputParameters' ? 'camunda:InputParameter' : 'camunda:OutputParameter';
    const set = (/** @type {any[]} */ list) => commit({ ...now, [name]: list });
    const rows = now[name].map((/** @type {any} */ parameter, /** @type {number} */ at) =>
      parameterRow(`${words} ${at + 1}`, parameter, (change) =>
        set(
          now[name].toSpliced(at, 1, ...(change ? [model.create(type, { ...parameterOf(parameter), ...change })] : [])),
        ),
      ),
    );
    const add = button(`Add an ${words.toLowerCase()}`, () =>
      set([...now[name], model.create(type, { name: freeName(words.toLowerCase(), now[name]), value: '' })]),
    );
    return [...rows, add];
  };
  return h('div', { className: 'mp-list' }, [
    ...(inputs ? side('inputParameters', 'Input') : []),
    ...side('outputParameters', 'Output'),
  ]);
}

/** @param {any} parameter */
const parameterOf = ({ name, value, definition }) =>
  Object.fromEntries(Object.entries({ name, value, definition }).filter(([, v]) => v !== undefined));

/**
 * @param {string} words
 * @param {any} parameter
 * @param {(change: Record<string, any> | null) => void} commit
 */
function parameterRow(words, parameter, commit) {
  const name = textInput(parameter.name ?? '', (text) => commit({ name: text }), {
    mono: true,
    placeholder: 'variable',
  });
  const structured = Boolean(parameter.definition);
  const value = textInput(
    structured ? `(${parameter.definition.$type.replace('camunda:', '')})` : (parameter.value ?? ''),
    (text) => commit({ value: text }),
    {
      mono: true,
      readOnly: structured,
      placeholder: '=expression or text',
    },
  );
  name.dataset.key = `${words}-name`;
  value.dataset.key = `${words}-value`;
  name.setAttribute('aria-label', `${words}, variable`);
  value.setAttribute('aria-label', `${words}, value`);
  return h('div', { className: 'mp-parameter' }, [
    name,
    value,
    button('×', () => commit(null), `Remove ${words.toLowerCase()}`),
  ]);
}

const PASSED = ['source', 'sourceExpression', 'target', 'businessKey', 'variables', 'local'];

/**
 * What a call activity passes to the process that it calls, or takes back from it.
 * @param {any[]} list `camunda:in` or `camunda:out` elements
 * @param {(list: Record<string, any>[]) => void} commit
 * @param {boolean} inwards whether a business key can be passed
 */
export function passedList(list, commit, inwards) {
  const now = list.map(passedOf);
  const rows = now.map((one, at) =>
    passedRow(one, `${inwards ? 'Passed in' : 'Passed back'} ${at + 1}`, (change) =>
      commit(now.toSpliced(at, 1, ...(change ? [passedOf({ ...one, ...change })] : []))),
    ),
  );
  const add = (/** @type {string} */ words, /** @type {Record<string, any>} */ one) =>
    button(words, () => commit([...now, one]), undefined, `${words} ${inwards ? 'in' : 'back'}`);
  const adders = [add('Add a variable', { source: 'variable', target: 'variable' })];
  if (!now.some((one) => one.variables)) adders.push(add('Pass all variables', { variables: 'all' }));
  if (inwards && !now.some((one) => one.businessKey)) {
    adders.push(add('Pass a business key', { businessKey: '#{execution.processBusinessKey}' }));
  }
  return h('div', { className: 'mp-list' }, [...rows, ...adders]);
}

/** Its properties that have a value. @param {any} one @returns {Record<string, any>} */
const passedOf = (one) => Object.fromEntries(PASSED.filter((name) => one[name]).map((name) => [name, one[name]]));

/**
 * @param {Record<string, any>} one
 * @param {string} words
 * @param {(change: Record<string, any> | null) => void} commit
 */
function passedRow(one, words, commit) {
  const named = (/** @type {HTMLElement} */ input, /** @type {string} */ name) => {
    input.dataset.key = `${words}-${name}`;
    input.setAttribute('aria-label', `${words}, ${name}`);
    return input;
  };
  const remove = button('×', () => commit(null), `Remove ${words.toLowerCase()}`);
  if (one.businessKey) {
    const key = textInput(one.businessKey, (businessKey) => commit(businessKey ? { businessKey } : null), {
      mono: true,
    });
    const label = h('span', {}, ['business key']);
    return h('div', { className: 'mp-parameter' }, [label, named(key, 'business key'), remove]);
  }
  const box = h('input', { type: 'checkbox', checked: Boolean(one.local) });
  box.addEventListener('change', () => commit({ local: box.checked }));
  const rule = h('label', { className: 'mp-rule', title: LOCAL }, [named(box, 'local'), 'only what is local']);
  const parts = one.variables
    ? [h('span', {}, ['all variables']), h('span')]
    : [
        named(
          textInput(one.sourceExpression ?? one.source ?? '', (text) => commit(sourceOf(text)), {
            mono: true,
            placeholder: 'variable or =expression',
          }),
          'source',
        ),
        named(
          textInput(one.target ?? '', (text) => commit({ target: text }), { mono: true, placeholder: 'variable' }),
          'target',
        ),
      ];
  return h('div', { className: 'mp-parameter' }, [...parts, remove, rule]);
}

const LOCAL = 'Passes in only what the call activity has for itself; passes back into the call activity alone.';

/** A name is a variable, everything else an expression. @param {string} text */
export function sourceOf(text) {
  const isName = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);
  return isName ? { source: text, sourceExpression: '' } : { source: '', sourceExpression: text };
}

/** @param {string} stem @param {any[]} taken */
export function freeName(stem, taken) {
  const names = new Set(taken.map((item) => item.id ?? item.name));
  for (let number = taken.length + 1; ; number++) if (!names.has(`${stem}_${number}`)) return `${stem}_${number}`;
}
