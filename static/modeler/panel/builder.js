/** The entry of a condition: variable, operator and value while it is simple, else its text. */
import { conditionText, needsValue, OPERATORS, readCondition } from './condition.js';
import { button, entry, h, select, textInput } from './dom.js';
import { offers, typed } from './typed.js';

/** Rows that decide something. */
export const CONDITIONS = new Set([
  'conditionExpression',
  'condition',
  'loopCondition',
  'completionCondition',
  'activationCondition',
]);

/** Whose text somebody wants to see although it is simple. @type {WeakSet<object>} */
const asText = new WeakSet();

/** @param {import('./entries.js').Place} place */
export function condition(place) {
  const { model, bo, row, path, element, focusNext } = place;
  const text = String(model.read(bo, row) ?? '');
  const simple = readCondition(text);
  const key = path + row.name;
  if (!simple) return written(place, text, []);
  const turn = (/** @type {boolean} */ on, /** @type {string} */ next) => {
    if (on) asText.add(bo);
    else asText.delete(bo);
    focusNext(next);
    model.modeler.get('eventBus').fire('elements.changed', { elements: [element] });
  };
  if (asText.has(bo)) {
    return written(place, text, [
      button('Choose variable and value', () => turn(false, `${key}-variable`), undefined, `${key}-simple`),
    ]);
  }
  const other = button('Write an expression', () => turn(true, key), undefined, `${key}-text`);
  return h('div', {}, [chosen(place, text, simple), h('div', { className: 'mp-entry mp-turn' }, [other])]);
}

/** @param {import('./entries.js').Place} place @param {string} text @param {Node[]} more */
function written({ row, set, path, names }, text, more) {
  const input = textInput(text, set, { mono: true, placeholder: '=amount > 1000' });
  const field = entry(row.label, input, { help: row.meaning, key: path + row.name });
  return h('div', {}, [
    typed(field, input, row.type, names),
    ...(more.length ? [h('div', { className: 'mp-entry mp-turn' }, more)] : []),
  ]);
}

/**
 * @param {import('./entries.js').Place} place
 * @param {string} text
 * @param {import('./condition.js').Condition} simple
 */
function chosen({ row, set, path, names }, text, simple) {
  const key = path + row.name;
  const commit = () => {
    const now = conditionText({ variable: variable.value, operator: operator.value, value: value.value });
    const nothing = !variable.value.trim() && !value.value.trim();
    value.hidden = !needsValue(operator.value);
    if (now !== text.trim() && (now || nothing)) set(now);
  };
  const variable = textInput(simple.variable, commit, { mono: true, placeholder: 'variable' });
  const operator = select(simple.operator, OPERATORS, commit);
  const value = textInput(simple.value, commit, { placeholder: simple.operator === 'in' ? 'one, another' : 'value' });
  value.hidden = !needsValue(simple.operator);
  for (const [input, word] of /** @type {[HTMLElement, string][]} */ ([
    [variable, 'variable'],
    [operator, 'operator'],
    [value, 'value'],
  ])) {
    input.dataset.key = `${key}-${word}`;
    input.setAttribute('aria-label', `${row.label}, ${word}`);
  }
  variable.id = `${key}-variable`.replace(/\W/g, '-');
  const note = h('p', { className: 'mp-help' }, [
    `${row.meaning} Numbers and dates (2026-12-24) are compared as such.`,
  ]);
  return h('fieldset', { className: 'mp-entry mp-condition' }, [
    h('legend', { title: row.meaning }, [row.label]),
    h('div', { className: 'mp-offered' }, [variable, offers(variable, false, names)]),
    operator,
    value,
    note,
  ]);
}
