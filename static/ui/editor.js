/** The typed variable editor: the value's control follows the type, rows come and go, wrong ones say why. */
import { controlOf, wrongIn } from './typed.js';

/** @param {Document} document */
export function startEditors(document) {
  for (const editor of document.querySelectorAll('[data-typed]'))
    new Editor(/** @type {HTMLElement} */ (editor)).start();
}

class Editor {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
  }

  start() {
    for (const row of this.rows()) this.prepare(row);
    const add = /** @type {HTMLElement} */ (this.root.querySelector('[data-add]'));
    add.hidden = false;
    add.addEventListener('click', () => this.add(/** @type {HTMLElement} */ (add.parentElement)));
    this.root.addEventListener('input', (event) => this.check(rowOf(event)));
    this.root.addEventListener('change', (event) => this.changed(event));
    this.root.addEventListener('typed:fill', (event) => this.fill(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {import('../tasks/model.js').Row[]} typed what the rows shall hold; there are as many afterwards */
  fill(typed) {
    const end = /** @type {HTMLElement} */ (this.root.querySelector('[data-add]')?.parentElement);
    while (this.rows().length < typed.length) this.add(end);
    this.rows().forEach((row, index) => {
      if (!typed[index]) return row.remove();
      this.part(row, 'name').value = typed[index].name;
      this.part(row, 'type').value = typed[index].type;
      this.fit(row, typed[index].value);
      this.check(row);
    });
  }

  rows() {
    return /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll('[data-variable]')]);
  }

  /** @param {HTMLElement} row */
  prepare(row) {
    const remove = /** @type {HTMLElement} */ (row.querySelector('[data-remove]'));
    remove.hidden = false;
    remove.addEventListener('click', () => this.remove(row));
  }

  /** @param {HTMLElement} before */
  add(before) {
    const rows = this.rows();
    const row = /** @type {HTMLElement} */ (rows[rows.length - 1].cloneNode(true));
    row.querySelector('.wrong')?.remove();
    for (const input of row.querySelectorAll('[id]')) input.id = input.id.replace(/\d+$/, String(rows.length + 1));
    for (const input of row.querySelectorAll('[aria-label]'))
      input.setAttribute(
        'aria-label',
        (input.getAttribute('aria-label') ?? '').replace(/\d+$/, String(rows.length + 1)),
      );
    before.before(row);
    this.prepare(row);
    this.part(row, 'was').value = '';
    this.part(row, 'name').value = '';
    this.part(row, 'name').readOnly = false;
    this.part(row, 'type').value = 'text';
    this.fit(row, '');
    this.part(row, 'name').focus();
  }

  /** @param {HTMLElement} row */
  remove(row) {
    if (this.rows().length === 1) this.add(/** @type {HTMLElement} */ (row.nextElementSibling));
    row.remove();
  }

  /** @param {Event} event */
  changed(event) {
    const row = rowOf(event);
    if (!row) return;
    if (/** @type {HTMLInputElement} */ (event.target).name === 'type') this.fit(row, this.part(row, 'value').value);
    this.check(row);
  }

  /**
   * Put the control that fits the type in the row's place, with the text as far as it fits.
   * @param {HTMLElement} row
   * @param {string} text
   */
  fit(row, text) {
    const type = this.part(row, 'type').value;
    const old = this.part(row, 'value');
    const control = /** @type {HTMLInputElement} */ (this.root.ownerDocument.createElement(controlOf(type)));
    for (const name of ['id', 'name', 'aria-label']) control.setAttribute(name, old.getAttribute(name) ?? '');
    if (type === 'yes-no')
      control.append(new Option(this.words.yes, 'yes'), new Option(this.words.no, 'no', false, text === 'no'));
    else if (type === 'json') control.className = 'mono';
    else control.type = type === 'date' && /^(\d{4}-\d\d-\d\d)?$/.test(text) ? 'date' : 'text';
    if (type === 'number') control.inputMode = 'decimal';
    if (type !== 'yes-no') control.value = text;
    old.replaceWith(control);
  }

  /** @param {HTMLElement | null} row */
  check(row) {
    if (!row) return;
    const [name, type, value] = ['name', 'type', 'value'].map((part) => this.part(row, part));
    const wrong = wrongIn(name.value, type.value, value.value);
    name.setCustomValidity(wrong.name ? (this.words.wrongName ?? '') : '');
    const words = type.value === 'json' ? this.words.wrongJson : this.words.wrongNumber;
    value.setCustomValidity(wrong.value ? (words ?? '') : '');
  }

  /**
   * @param {HTMLElement} row
   * @param {string} name
   */
  part(row, name) {
    return /** @type {HTMLInputElement} */ (row.querySelector(`[name="${name}"]`));
  }
}

/** @param {Event} event */
function rowOf(event) {
  return /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-variable]'));
}
