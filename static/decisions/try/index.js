import { post } from '../../api.js';
import { h } from '../../modeler/panel/dom.js';
import { inputsOf } from '../inputs.js';
import { byIds, decisionsOf, placeOf } from '../model.js';
import { feelOf, fieldOf, helpOf } from './fields.js';
import { linesOf, rulesIn, textOf } from './shown.js';

const PAUSE = 400; // ms after the last change
const FILE = 'decision.dmn';

/**
 * @typedef {object} Deps
 * @property {() => Promise<string>} read
 * @property {() => any} definitions
 * @property {() => any} shown the decision in view, or null
 * @property {(place: import('../model.js').Place) => void} go
 * @property {(decision: any, missing: { name: string, type: string }) => void} provide
 * @property {import('../marks.js').Marks} marks
 */

/** Try the decision as it is now: inputs in a form, the result, and the rules that matched lit in their tables. */
export class TryPanel {
  /** @param {HTMLElement} host @param {Deps} deps */
  constructor(host, deps) {
    this.deps = deps;
    /** @type {Record<string, string>} what was typed, by the name of the input; kept when the form changes */
    this.typed = {};
    this.asked = 0;
    this.shape = ''; // of the form, to know when it is another one
    /** @type {import('../inputs.js').Input[]} */
    this.inputs = [];
    this.tried = false;
    this.choice = h('select', { id: 'de-decision' });
    this.choice.addEventListener('change', () => this.#chosen());
    this.fields = h('div', { className: 'de-fields' });
    this.answer = h('div', { className: 'de-answer', role: 'status' });
    const go = h('button', { type: 'submit', className: 'button button--main' }, ['Try it']);
    const clear = h('button', { type: 'button', className: 'button button--quiet' }, ['Clear']);
    clear.addEventListener('click', () => this.clear());
    const form = h('form', { className: 'de-try', noValidate: true }, [
      h('h2', {}, ['Try it']),
      h('div', { className: 'mp-entry' }, [h('label', { for: 'de-decision' }, ['Decision']), this.choice]),
      this.fields,
      h('div', { className: 'actions' }, [go, clear]),
      this.answer,
    ]);
    form.addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.run();
    });
    host.append(form);
  }

  /** The file or the view has changed: the form follows, and so does the result. @param {boolean} viewed */
  refresh(viewed = false) {
    const decisions = decisionsOf(this.deps.definitions());
    const wanted = (viewed ? this.deps.shown()?.id : null) ?? this.choice.value;
    this.choice.replaceChildren(...decisions.map(({ id, name }) => h('option', { value: id }, [name || id])));
    this.choice.value = decisions.some(({ id }) => id === wanted) ? wanted : (decisions[0]?.id ?? '');
    this.#form();
    if (this.tried) this.#later();
  }

  clear() {
    this.typed = {};
    this.tried = false;
    this.asked += 1;
    this.deps.marks.lit([]);
    this.answer.replaceChildren();
    this.shape = '';
    this.#form();
  }

  async run() {
    const expressions = this.#expressions();
    if (!expressions) return;
    this.tried = true;
    const number = ++this.asked;
    const content = await this.deps.read();
    const wanted = { files: [{ name: FILE, content }], decision: this.choice.value, expressions };
    try {
      const answer = await post('/api/v1/decisions/try', wanted);
      if (number === this.asked) this.#show(answer);
    } catch (error) {
      if (number === this.asked) this.#refused(/** @type {any} */ (error));
    }
  }

  #decision() {
    return decisionsOf(this.deps.definitions()).find(({ id }) => id === this.choice.value) ?? null;
  }

  #chosen() {
    const decision = this.#decision();
    if (decision) this.deps.go(placeOf(decision));
    this.#form();
    if (this.tried) this.#later();
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), PAUSE);
  }

  /** Made anew only when the inputs are others: nobody loses what they type. */
  #form() {
    const decision = this.#decision();
    const definitions = this.deps.definitions();
    this.inputs = decision ? inputsOf(decision, definitions) : [];
    const shape = JSON.stringify([
      this.choice.value,
      this.inputs.map(({ reader, ...input }) => ({ ...input, reader: reader?.id })),
    ]);
    if (shape === this.shape) return;
    this.shape = shape;
    const fields = this.inputs.map((input, at) => this.#field(input, at));
    this.fields.replaceChildren(...fields, ...(fields.length ? [] : [h('p', {}, ['This decision needs no inputs.'])]));
  }

  /** @param {import('../inputs.js').Input} input @param {number} at */
  #field(input, at) {
    const field = fieldOf(input, this.typed[input.name] ?? '');
    const help = helpOf(input);
    field.id = `de-input-${at}`;
    field.setAttribute('aria-describedby', `${field.id}-more`);
    field.addEventListener('input', () => {
      this.typed[input.name] = field.value;
      if (this.tried) this.#later();
    });
    return h('div', { className: 'mp-entry', 'data-input': input.name }, [
      h('label', { for: field.id }, [input.name]),
      field,
      h('p', { className: 'mp-help', id: `${field.id}-more`, 'data-help': help }, [help]),
      ...(input.reader ? [this.#declare(input)] : []),
    ]);
  }

  /** @param {import('../inputs.js').Input} input */
  #declare({ name, type, reader }) {
    const words = `Declare “${name}” as an input`;
    const button = h('button', { type: 'button', className: 'de-link' }, [words]);
    button.title = 'A column reads it, and the requirements do not show it.';
    button.addEventListener('click', () => this.deps.provide(reader, { name, type: type === 'Any' ? '' : type }));
    return button;
  }

  /** @returns {Record<string, string> | null} null when a value cannot be read; it is said at its field */
  #expressions() {
    /** @type {Record<string, string>} */
    const expressions = {};
    /** @type {{ path: string, message: string }[]} */
    const wrong = [];
    for (const input of this.inputs) {
      try {
        const text = feelOf(input, this.typed[input.name] ?? '');
        if (text !== null) expressions[input.name] = text;
      } catch (error) {
        wrong.push({ path: `expressions.${input.name}`, message: /** @type {Error} */ (error).message });
      }
    }
    this.#complain(wrong);
    return wrong.length ? null : expressions;
  }

  /** @param {{ path: string, message: string }[]} wrong @returns {{ message: string }[]} those that have no field */
  #complain(wrong) {
    const left = [...wrong];
    let first = null;
    for (const box of this.fields.querySelectorAll('[data-input]')) {
      const at = left.findIndex(({ path }) => path === `expressions.${box.dataset.input}`);
      const [found] = at < 0 ? [] : left.splice(at, 1);
      const field = box.querySelector('input, select, textarea');
      const note = box.querySelector('.mp-help');
      field.setAttribute('aria-invalid', String(Boolean(found)));
      note.textContent = found?.message ?? note.dataset.help;
      note.classList.toggle('is-wrong', Boolean(found));
      if (found) first ??= field;
    }
    if (first && this.fields.contains(document.activeElement) === false) first.focus();
    return left;
  }

  /** @param {import('../../api.js').ApiError} error */
  #refused(error) {
    this.deps.marks.lit([]);
    const rest = this.#complain(error.errors);
    const words = error.errors.length ? rest.map(({ message }) => message) : [error.message];
    this.answer.replaceChildren(...words.map((text) => h('p', { className: 'md-refused' }, [text])));
  }

  /** @param {any} answer */
  #show(answer) {
    this.deps.marks.lit(answer.matched.flatMap((/** @type {any} */ one) => one.ruleIds));
    const decision = this.#decision();
    const others = Object.entries(answer.decisions).filter(([name]) => name !== decision?.name);
    this.answer.replaceChildren(
      h('h3', {}, ['Result']),
      valueOf(answer.result),
      ...(answer.reached
        ? []
        : [h('p', { className: 'md-refused' }, ['Something that it needs cannot be read. See below.'])]),
      ...section(
        'Rules',
        answer.matched.map((/** @type {any} */ one) => this.#matched(one)),
      ),
      ...section(
        'On the way',
        others.map(([name, value]) => h('li', {}, [h('strong', {}, [name]), ` ${textOf(value)}`])),
      ),
      ...section(
        'Why something is null',
        answer.warnings.map((/** @type {any} */ one) => this.#link(one.elementId, one.message)),
      ),
    );
  }

  /** @param {any} one */
  #matched({ decisionName, rules, ruleIds, tableId }) {
    return this.#link(ruleIds[0] ?? tableId, `${decisionName}: ${rulesIn(rules)}`);
  }

  /** Words that lead to an element, if it is shown anywhere. @param {string} id @param {string} words */
  #link(id, words) {
    const object = byIds(this.deps.definitions()).get(id);
    const place = object ? placeOf(object) : null;
    if (!place?.node) return h('li', {}, [words]);
    const button = h('button', { type: 'button', className: 'de-link' }, [words]);
    button.addEventListener('click', () => this.deps.go(place));
    return h('li', {}, [button]);
  }
}

/** @param {string} title @param {HTMLElement[]} items */
const section = (title, items) => (items.length ? [h('h3', {}, [title]), h('ul', {}, items)] : []);

/** @param {any} value */
function valueOf(value) {
  const lines = linesOf(value);
  if (lines.length === 1 && !lines[0][0]) return h('p', { className: 'de-value' }, [lines[0][1]]);
  const rows = lines.map(([name, text]) => h('tr', {}, [h('th', { scope: 'row' }, [name]), h('td', {}, [text])]));
  return h('table', { className: 'de-value' }, [h('tbody', {}, rows)]);
}
