/** Pieces of the panel's page: an entry is a label, an input, and help that shows when the entry has the focus. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties] own properties; `data-` and `aria-` names are attributes
 * @param {(Node | string)[]} [children]
 * @returns {any}
 */
export function h(tag, properties = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (/^(data-|aria-|role$|for$|list$)/.test(name)) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...children);
  return element;
}

let count = 0;

/**
 * @param {string} label
 * @param {HTMLElement} input
 * @param {{ help?: string, key?: string, inline?: boolean, more?: Node[] }} [how]
 */
export function entry(label, input, { help = '', key = label, inline = false, more = [] } = {}) {
  const id = `mp-${++count}`;
  input.id = id;
  input.dataset.key = key;
  const words = h('label', { for: id, title: help }, [label]);
  const note = help ? [h('p', { className: 'mp-help', id: `${id}-help` }, [help])] : [];
  if (help) input.setAttribute('aria-describedby', `${id}-help`);
  return h('div', { className: inline ? 'mp-entry mp-inline' : 'mp-entry' }, [
    ...(inline ? [input, words] : [words, input]),
    ...more,
    ...note,
  ]);
}

/**
 * A text that is taken when the field is left, on Enter, and in long texts after a pause.
 * @param {string} value
 * @param {(value: string) => void} commit
 * @param {{ long?: boolean, mono?: boolean, readOnly?: boolean, placeholder?: string, list?: string }} [how]
 */
export function textInput(
  value,
  commit,
  { long = false, mono = false, readOnly = false, placeholder = '', list } = {},
) {
  const input = long
    ? h('textarea', { rows: Math.min(14, Math.max(3, value.split('\n').length + 1)) })
    : h('input', { type: 'text', list });
  Object.assign(input, { value, readOnly, placeholder, spellcheck: !mono, autocomplete: 'off' });
  if (mono) input.className = 'mp-mono';
  let taken = value;
  const take = () => {
    if (input.value === taken) return;
    taken = input.value;
    commit(input.value);
  };
  input.addEventListener('change', take);
  input.addEventListener('panel:flush', take);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  if (long) {
    input.addEventListener('input', () => {
      clearTimeout(pause);
      pause = setTimeout(take, 1000);
    });
    input.addEventListener('change', () => clearTimeout(pause));
  }
  return input;
}

/**
 * @param {boolean} value
 * @param {(value: boolean) => void} commit
 */
export function checkbox(value, commit) {
  const input = h('input', { type: 'checkbox', checked: value });
  input.addEventListener('change', () => commit(input.checked));
  return input;
}

/**
 * @param {string} value
 * @param {[string, string][]} options value and words
 * @param {(value: string) => void} commit
 */
export function select(value, options, commit) {
  const known = options.some(([option]) => option === value);
  const all = known ? options : [...options, [value, value]];
  const input = h(
    'select',
    {},
    all.map(([option, words]) => h('option', { value: option, selected: option === value }, [words])),
  );
  input.addEventListener('change', () => commit(input.value));
  return input;
}

/**
 * @param {string} words
 * @param {() => void} action
 * @param {string} [label] for who cannot see the sign
 * @param {string} [key] tells it apart from others in the panel
 */
export function button(words, action, label, key = label ?? words) {
  const about = { type: 'button', className: 'mp-button', 'aria-label': label, title: label, 'data-key': key };
  const element = h('button', about, [words]);
  element.addEventListener('click', action);
  return element;
}
