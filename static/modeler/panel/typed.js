/** A field for an expression: it offers the variables of the file, and says what is wrong while one types. */
import { post } from '../../api.js';
import { completions, MOST } from './complete.js';
import { h } from './dom.js';
import { languageOf } from './language.js';

const CHECKED = /^(expression|template|iso-)/;
const PAUSE = 300; // ms after the last key

/**
 * @param {HTMLElement} entry
 * @param {HTMLInputElement} input
 * @param {string} type of the row
 * @param {() => import('./complete.js').Names} names
 */
export function typed(entry, input, type, names) {
  if (!CHECKED.test(type)) return entry;
  input.after(offers(input, type !== 'expression', names), mistakes(input, type));
  entry.querySelector('label')?.after(language(input, type));
  return entry;
}

/** Which language the text is in, while one types. @param {HTMLInputElement} input @param {string} type */
function language(input, type) {
  const mark = h('span', { className: 'mp-language' });
  const show = () => (mark.textContent = languageOf(input.value, type));
  input.addEventListener('input', show);
  show();
  return mark;
}

/** @param {HTMLInputElement} input @param {string} type */
function mistakes(input, type) {
  const note = h('p', { className: 'mp-wrong', id: `${input.id}-wrong`, role: 'status' });
  input.setAttribute('aria-describedby', `${input.getAttribute('aria-describedby') ?? ''} ${note.id}`.trim());
  let asked = 0;
  const check = async () => {
    const number = ++asked;
    const { value } = input;
    const answer = await post('/api/v1/expressions/check', { text: value, type }).catch(() => null); // the file's check comes anyway
    if (number !== asked || !answer) return;
    input.setAttribute('aria-invalid', String(Boolean(answer.message)));
    note.textContent = answer.message ? `Character ${answer.offset + 1}: ${answer.message}` : '';
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  input.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(check, PAUSE);
  });
  return note;
}

/** @param {HTMLInputElement} input @param {boolean} template @param {() => import('./complete.js').Names} names */
export function offers(input, template, names) {
  const list = h('ul', { className: 'mp-offers', role: 'listbox', id: `${input.id}-offers`, hidden: true });
  list.setAttribute('aria-label', 'Variables and functions');
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
  }))
    input.setAttribute(name, value);
  input.setAttribute('aria-controls', list.id);
  let at = -1;
  const now = () => completions(input.value, input.selectionStart ?? 0, names(), template);
  const close = () => show([]);
  const take = (/** @type {string} */ name) => {
    const { start, end } = now();
    input.setRangeText(name, start, end, 'end');
    close();
    input.dispatchEvent(new Event('input'));
    close();
  };
  /** @param {string[]} names */
  function show(names) {
    at = names.length ? Math.min(Math.max(at, 0), names.length - 1) : -1;
    list.hidden = !names.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
    list.replaceChildren(
      ...names.map((name, index) => {
        const id = `${list.id}-${index}`;
        const option = h('li', { role: 'option', id, 'aria-selected': index === at }, [name]);
        option.addEventListener('pointerdown', (/** @type {Event} */ event) => {
          event.preventDefault(); // the field keeps the focus
          take(name);
        });
        return option;
      }),
    );
    if (at < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `${list.id}-${at}`);
  }
  const showAll = () => {
    if (!template && !input.value) show(names().variables.slice(0, MOST));
  };
  input.addEventListener('input', () => show(now().offers));
  input.addEventListener('click', showAll);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (list.hidden && event.key === 'ArrowDown') return showAll();
    const names = [...list.children].map((option) => option.textContent ?? '');
    if (list.hidden || !['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape'].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return close();
    if (event.key === 'Enter' || event.key === 'Tab') return take(names[at]);
    at = (at + (event.key === 'ArrowDown' ? 1 : names.length - 1)) % names.length;
    return show(names);
  });
  return list;
}
