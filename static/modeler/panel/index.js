import { follows, keyFrom } from '../key.js';
import { meaningOf, tagOf } from '../vocabulary.js';
import { h } from './dom.js';
import { entryFor } from './entries.js';
import { differs, sectionsOf } from './sections.js';

/** The panel beside the canvas: what the selected element is and does, made from the server's table. */
export class Panel {
  /**
   * @param {HTMLElement} host
   * @param {{ model: import('../model.js').Model, vocabulary: import('../vocabulary.js').Vocabulary,
   *   handlers: import('../handlers.js').Handler[],
   *   processes: { key: string, name: string }[], isDeployed: () => boolean, problemsOf: (id: string) => any[] }} deps
   */
  constructor(host, deps) {
    this.host = host;
    this.deps = deps;
    /** @type {Set<string>} */
    this.closed = new Set();
    const bus = deps.model.modeler.get('eventBus');
    bus.on(['selection.changed', 'elements.changed', 'import.done', 'root.set'], () => this.#later());
  }

  /** Take what is being typed. */
  flush() {
    for (const input of this.host.querySelectorAll('input, textarea'))
      input.dispatchEvent(new CustomEvent('panel:flush'));
  }

  #later() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.render();
    });
  }

  /** The selected element, or the process when none or several are. */
  #selected() {
    const modeler = this.deps.model.modeler;
    const [one, ...others] = modeler.get('selection').get();
    if (one && !others.length) return one.labelTarget ?? one;
    return this.deps.model.process().element;
  }

  render() {
    const element = this.#selected();
    if (!element?.businessObject) return;
    const focus = /** @type {HTMLElement | null} */ (document.activeElement);
    const key = this.host.contains(focus) ? focus?.dataset.key : undefined;
    const sameElement = this.shown === element;
    const top = this.host.scrollTop;
    if (!sameElement) this.flush();
    this.shown = element;
    this.host.replaceChildren(...this.#content(element));
    if (sameElement) this.host.scrollTop = top;
    if (key) /** @type {HTMLElement | null} */ (this.host.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
  }

  /** @param {any} element */
  #content(element) {
    const bo = element.businessObject;
    const { model, vocabulary } = this.deps;
    const tag = tagOf(bo.$type);
    const head = h('header', { className: 'mp-head' }, [
      h('h2', {}, [bo.name || words(bo)]),
      h('p', {}, [bo.name ? words(bo) : meaningOf(vocabulary, tag)]),
    ]);
    const problems = this.deps
      .problemsOf(bo.id)
      .map((problem) => h('p', { className: `mp-problem mp-${problem.severity}` }, [problem.message]));
    const refused = vocabulary.refused?.[tag];
    if (refused)
      problems.push(
        h('p', { className: 'mp-problem mp-error' }, [`A ${refused.name} cannot be run yet. ${refused.wayOut}`]),
      );
    const sections = sectionsOf(vocabulary, bo, (part, row) => model.read(part, row));
    return [head, ...problems, ...sections.map(([name, rows]) => this.#section(name, rows, element))];
  }

  /** @param {string} name @param {import('./sections.js').Shown[]} rows @param {any} element */
  #section(name, rows, element) {
    const { model, handlers, processes } = this.deps;
    const edited = rows.some(({ bo, row }) => !['id', 'name'].includes(row.name) && this.#differs(bo, row));
    const summary = h('summary', {}, [
      name,
      ...(edited ? [h('span', { className: 'mp-dot', title: 'Differs from the default' })] : []),
    ]);
    const entries = rows.map(({ bo, row }) =>
      entryFor({ model, element, bo, row, handlers, processes, set: (value) => this.#set(element, bo, row, value) }),
    );
    const details = h('details', { open: !this.closed.has(name), className: 'mp-section' }, [summary, ...entries]);
    details.addEventListener('toggle', () => (details.open ? this.closed.delete(name) : this.closed.add(name)));
    return details;
  }

  /** @param {any} bo @param {import('../vocabulary.js').Row} row */
  #differs(bo, row) {
    if (row.type === 'fields' || row.type === 'mapping') {
      return (bo.extensionElements?.values ?? []).some(
        (/** @type {any} */ v) => v.$type.toLowerCase() === row.name.toLowerCase(),
      );
    }
    return differs(row, row.type === 'element' ? bo.loopCharacteristics?.$type : this.deps.model.read(bo, row));
  }

  /** @param {any} element @param {any} bo @param {import('../vocabulary.js').Row} row @param {any} value */
  #set(element, bo, row, value) {
    const { model } = this.deps;
    if (row.name === 'name' && bo.$type === 'bpmn:Process') return renameProcess(model, value, this.deps.isDeployed());
    if (row.name === 'id' && !/^[A-Za-z_][\w.-]*$/.test(value)) return this.render();
    return model.change(element, model.changesFor(bo, row, value));
  }
}

/**
 * The key follows the name until the first deployment: both change in one step.
 * @param {import('../model.js').Model} model
 * @param {string} name
 * @param {boolean} deployed
 */
export function renameProcess(model, name, deployed) {
  const { element, bo } = model.process();
  const properties = { name };
  if (follows({ key: bo.id, name: bo.name ?? '', deployed })) Object.assign(properties, { id: keyFrom(name) });
  model.change(element, [{ moddleElement: bo, properties }]);
}

/** "User task" @param {any} bo */
function words(bo) {
  const type = bo.$type
    .replace('bpmn:', '')
    .replace(
      /([a-z])([A-Z])/g,
      (/** @type {string} */ _, /** @type {string} */ a, /** @type {string} */ b) => `${a} ${b.toLowerCase()}`,
    );
  const event = bo.eventDefinitions?.[0]?.$type.replace('bpmn:', '').replace('EventDefinition', '').toLowerCase();
  return event ? `${type}, ${event}` : type;
}
