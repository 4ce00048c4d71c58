import { Form } from '@bpmn-io/form-js-viewer';
import { fill } from '../viewer/texts.js';
import { inOurWords } from './messages.js';
import { isTemplate, prepared } from './schema.js';
import { placeOf, setAt, valueAt } from './values.js';

const MOST_ROUNDS = 10; // of fields that are computed for the submit, and read each other

/** One form of form-js in the page: its values, its errors, and where the focus goes. */
export class FormView {
  /**
   * @param {HTMLElement} root
   * @param {{ schema: any, data?: any, readOnly?: boolean, texts: any }} config
   */
  constructor(root, config) {
    this.root = root;
    this.config = config;
    this.texts = config.texts;
    /** @type {(() => void) | undefined} what Enter in a field does */
    this.onEnter = undefined;
    this.top = document.createElement('div');
    this.host = document.createElement('div');
    root.classList.add('form-island');
    root.append(this.top, this.host);
    // Without form-js's delay a value is in the form as soon as it is typed: nothing has to be flushed, nothing is lost.
    this.form = /** @type {any} */ (
      new Form(
        /** @type {any} */ ({ container: this.host, debounce: false, additionalModules: [wordsModule(this.texts)] }),
      )
    );
  }

  async open() {
    await this.form.importSchema(prepared(this.config.schema, this.texts), this.config.data ?? {});
    if (this.config.readOnly) this.form.setProperty('readOnly', true);
    this.#stayQuietWhileTyping();
    // Enter in a field of form-js submits its own form: the page's form is meant.
    this.form.on('submit', () => this.onEnter?.());
    this.host.addEventListener('submit', (event) => event.stopPropagation());
  }

  /** @param {() => void} listener */
  onChange(listener) {
    this.form.on('field.updated', () => queueMicrotask(listener));
  }

  /** What the form holds now: of every field that is shown and not disabled. @returns {Record<string, unknown>} */
  values() {
    const values = this.form._getSubmitData();
    // A list whose rows are all removed, or hold nothing that is asked for, says so.
    for (const { id, valuePath } of this.form.get('formFieldInstanceRegistry').getAll()) {
      if (this.#field(id).type !== 'dynamiclist') continue;
      const rows = valueAt(this.form._getState().data, valuePath) ?? [];
      const sent = valueAt(values, valuePath) ?? [];
      setAt(
        values,
        valuePath,
        Array.from(rows, (_, at) => sent[at] ?? {}),
      );
    }
    return values;
  }

  /** Compute what is computed only for the submit, and let the conditions see it. */
  async compute() {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const before = JSON.stringify(this.form._getState().data);
      this.form._emit('presubmit');
      await afterRender();
      await afterRender();
      if (JSON.stringify(this.form._getState().data) === before) return;
    }
  }

  /**
   * Wait until what was typed last is in the form: a date is read when its field is left, some renders later.
   */
  async settle() {
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    if (active && this.host.contains(active)) {
      active.blur();
      await afterRender();
      await afterRender();
      if (document.activeElement === document.body) active.focus({ preventScroll: true });
    }
    await afterRender();
  }

  /** Check every field. @returns {{ path: string, message: string }[]} in the order of the form */
  validate() {
    const found = this.form.validate();
    const errors = [];
    for (const instance of this.form.get('formFieldInstanceRegistry').getAllKeyed()) {
      if (this.#field(instance.id).disabled) continue;
      const [message] = this.#isNoNumber(instance)
        ? [this.texts.notANumber]
        : (valueAt(found, errorPath(instance)) ?? []);
      if (message) errors.push({ path: placeOf(instance.valuePath), message });
    }
    return errors;
  }

  /**
   * @param {{ path: string, message: string }[]} errors
   * @param {{ focus?: boolean }} [how]
   */
  showErrors(errors, { focus = false } = {}) {
    for (const quiet of this.host.querySelectorAll('[data-quiet]')) quiet.removeAttribute('data-quiet');
    /** @type {Record<string, any>} */
    const byId = {};
    for (const { path, message } of errors) {
      const instance = this.#instanceOf(path);
      if (instance) setAt(byId, errorPath(instance), [...(valueAt(byId, errorPath(instance)) ?? []), message]);
    }
    this.form._setState({ errors: byId });
    this.#list(errors);
    // After the render: a field that shows its error does not become quiet when it gets the focus.
    if (focus) afterRender().then(() => this.focus(errors[0]?.path));
  }

  /** Put the focus on the field at this place, else on the list of errors. @param {string | undefined} path */
  focus(path) {
    const instance = path === undefined ? null : this.#instanceOf(path);
    const input = instance && this.#input(instance);
    const target = input ?? /** @type {HTMLElement | null} */ (this.top.querySelector('[role="alert"]'));
    target?.focus();
    target?.scrollIntoView({ block: 'center' });
  }

  /**
   * Say something above the form.
   * @param {string} text
   * @param {{ text: string, action: () => void }} [offer]
   */
  notice(text, offer) {
    const { box, body } = noticeBox('notice--info form-notice', 'status');
    body.append(Object.assign(document.createElement('strong'), { textContent: text }));
    if (offer) {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: offer.text });
      button.className = 'button button--small';
      button.addEventListener('click', offer.action);
      body.append(document.createElement('br'), button);
    }
    this.top.replaceChildren(box);
  }

  /** @param {{ path: string, message: string }[]} errors */
  #list(errors) {
    if (!errors.length) return this.top.replaceChildren();
    const { box, body } = noticeBox('notice--bad form-errors', 'alert');
    box.tabIndex = -1;
    const count = errors.length;
    const title = count === 1 ? this.texts.oneWrong : fill(this.texts.someWrong, { count });
    body.append(Object.assign(document.createElement('strong'), { textContent: title }), this.#links(errors));
    this.top.replaceChildren(box);
  }

  /** @param {{ path: string, message: string }[]} errors */
  #links(errors) {
    const list = document.createElement('ul');
    for (const { path, message } of errors) {
      const link = document.createElement('a');
      link.href = `#${path}`;
      link.textContent = this.#named(path, message);
      link.addEventListener('click', (event) => {
        event.preventDefault();
        this.focus(path);
      });
      list.append(document.createElement('li'));
      /** @type {HTMLElement} */ (list.lastChild).append(link);
    }
    return list;
  }

  /**
   * A sentence that does not name its field gets the name in front.
   * @param {string} path
   * @param {string} message
   */
  #named(path, message) {
    const instance = this.#instanceOf(path);
    const field = instance && this.#field(instance.id);
    const label = field && (field.label || field.dateLabel || '').replace(` ${this.texts.optional}`, '');
    return label && !isTemplate(label) && !message.includes(label) ? `${label}: ${message}` : message;
  }

  /** @param {string} id */
  #field(id) {
    return this.form.get('formFieldRegistry').get(id);
  }

  /** The field at a place, if it is shown. @param {string} path `client.name`, `rows[0].amount` */
  #instanceOf(path) {
    const instances = this.form.get('formFieldInstanceRegistry').getAll();
    return instances.find((/** @type {any} */ one) => one.valuePath?.length && placeOf(one.valuePath) === path);
  }

  /** @param {any} instance @returns {HTMLInputElement | null} */
  #input({ id, indexes }) {
    const name = [id, ...Object.values(indexes ?? {})].join('_').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const place = new RegExp(`-${name}(-|$)`);
    const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (this.host.querySelectorAll('input, textarea, select'));
    return [...inputs].find((input) => place.test(input.id)) ?? null;
  }

  /** form-js shows a text that is no number, and holds null. @param {any} instance */
  #isNoNumber(instance) {
    return this.#field(instance.id).type === 'number' && ['NaN', '-'].includes(this.#input(instance)?.value ?? '');
  }

  /** A field that is being typed in shows its errors when it is left, not at the first letter. */
  #stayQuietWhileTyping() {
    const fieldOf = (/** @type {Event} */ event) => /** @type {Element} */ (event.target).closest('.fjs-form-field');
    this.host.addEventListener('focusin', (event) => {
      const field = fieldOf(event);
      if (field && !field.classList.contains('fjs-has-errors')) field.setAttribute('data-quiet', '');
    });
    this.host.addEventListener('focusout', (event) => fieldOf(event)?.removeAttribute('data-quiet'));
  }
}

const SIGNS = {
  status: '<circle cx="10" cy="10" r="8"/><path d="M10 9v5M10 6v.5"/>',
  alert: '<path d="M10 3 18.5 17h-17z"/><path d="M10 8v4M10 14.5v.3"/>',
};

/**
 * A notice of the application: a sign, and beside it what there is to say.
 * @param {string} classes
 * @param {keyof typeof SIGNS} role
 */
function noticeBox(classes, role) {
  const box = document.createElement('div');
  box.className = `notice ${classes}`;
  box.setAttribute('role', role);
  box.innerHTML = `<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">${SIGNS[role]}</svg><div></div>`;
  return { box, body: /** @type {HTMLElement} */ (box.lastElementChild) };
}

/** Where form-js keeps the errors of a field: by id, in a list by row too. @param {any} instance */
function errorPath({ id, indexes }) {
  return [id, ...Object.values(indexes ?? {})];
}

/** After the next render and its effects; also in a tab that is not painted. */
function afterRender() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 100);
    requestAnimationFrame(() => setTimeout(() => (clearTimeout(timer), resolve(undefined)), 0));
  });
}

/** form-js's validator, saying it in this product's words. @param {any} texts */
function wordsModule(texts) {
  /** @param {any} eventBus @param {any} validator */
  function Words(eventBus, validator) {
    const validate = validator.validateFieldInstance.bind(validator);
    validator.validateFieldInstance = (/** @type {any} */ instance, /** @type {unknown} */ value) => {
      const type = validator._formFieldRegistry.get(instance.id)?.type;
      return validate(instance, value).map((/** @type {string} */ message) => inOurWords(message, type, texts));
    };
    void eventBus;
  }
  Words.$inject = ['eventBus', 'validator'];
  return { __init__: ['words'], words: ['type', Words] };
}
