import { follows, keyFrom } from '../key.js';
import { decisionOf } from '../decision.js';
import { meaningOf, tagOf } from '../vocabulary.js';
import { h } from './dom.js';
import { entryFor } from './entries.js';
import { Steady } from './steady.js';
import { differs, rowsOfItem, sectionsOf } from './sections.js';

/** The panel beside the canvas: what the selected element is and does, made from the server's table. */
export class Panel {
  /**
   * @param {HTMLElement} host
   * @param {{ model: import('../model.js').Model, vocabulary: import('../vocabulary.js').Vocabulary,
   *   handlers: import('../handlers.js').Handler[],
   *   processes: { key: string, name: string }[], isDeployed: () => boolean, variables: () => string[], problemsOf: (id: string) => any[],
   *   toDecision: (element: any) => void }} deps
   */
  constructor(host, deps) {
    this.host = host;
    this.deps = deps;
    /** @type {Set<string>} */
    this.closed = new Set();
    /** Items of lists that are unfolded. @type {WeakSet<object>} */
    this.unfolded = new WeakSet();
    this.steady = new Steady(host, () => this.render());
    const bus = deps.model.modeler.get('eventBus');
    bus.on(['selection.changed', 'elements.changed', 'import.done', 'root.set'], () => this.later());
  }

  /** Take what is being typed. */
  flush() {
    for (const input of this.host.querySelectorAll('input, textarea'))
      input.dispatchEvent(new CustomEvent('panel:flush'));
  }

  /** Unfold what holds an object of the file that nobody draws. @param {any} object */
  reveal(object) {
    for (let around = object; around; around = around.$parent) this.unfolded.add(around);
    this.later();
  }

  /** Make it anew, now or when nothing is being clicked. */
  later() {
    this.steady.later();
  }

  /** The selected element; when none or several are, the process, or the collaboration that holds the pools. */
  #selected() {
    const modeler = this.deps.model.modeler;
    const [one, ...others] = modeler.get('selection').get();
    if (one && !others.length) return one.labelTarget ?? one;
    return modeler.get('canvas').getRootElement();
  }

  /** To be called by `steady` alone. */
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
    const focused = this.entering ?? key;
    this.entering = undefined;
    if (focused) this.#focus(focused);
  }

  /** The entry with this key, or the first one of the item with this key. @param {string} key */
  #focus(key) {
    const found = this.host.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const item = found?.matches('summary') && found !== document.activeElement ? found.parentElement : null;
    /** @type {HTMLElement | null | undefined} */ (item?.querySelector('input, select, textarea') ?? found)?.focus();
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
    return [
      head,
      ...problems,
      ...this.#decision(element),
      ...sections.map(([name, rows]) => this.#section(name, rows, element)),
    ];
  }

  /** The way to the decision of a business rule task. @param {any} element */
  #decision(element) {
    const bo = element.businessObject;
    const key = bo.$type === 'bpmn:BusinessRuleTask' ? decisionOf(bo) : null;
    if (key === null) return [];
    const words = key ? 'Open decision' : 'Create decision';
    const button = h('button', { type: 'button', className: 'button button--small', 'data-key': 'decision' }, [words]);
    button.addEventListener('click', () => this.deps.toDecision(element));
    return [h('div', { className: 'mp-entry' }, [button])];
  }

  /** @param {string} name @param {import('./sections.js').Shown[]} rows @param {any} element */
  #section(name, rows, element) {
    const edited = rows.some(({ bo, row }) => !['id', 'name'].includes(row.name) && this.#differs(bo, row));
    const summary = h('summary', {}, [
      name,
      ...(edited ? [h('span', { className: 'mp-dot', title: 'Differs from the default' })] : []),
    ]);
    const entries = rows.map(({ bo, row, path }) => this.#entry(element, bo, row, path));
    const details = h('details', { open: !this.closed.has(name), className: 'mp-section' }, [summary, ...entries]);
    details.addEventListener('toggle', () => (details.open ? this.closed.delete(name) : this.closed.add(name)));
    return details;
  }

  /** @param {any} element @param {any} bo @param {import('../vocabulary.js').Row} row @param {string} path @returns {HTMLElement} */
  #entry(element, bo, row, path) {
    const { model, handlers, processes, vocabulary, variables } = this.deps;
    const names = () => ({ variables: variables(), functions: vocabulary.functions });
    const read = (/** @type {any} */ of, /** @type {any} */ its) => model.read(of, its);
    return entryFor({
      ...{ model, element, bo, row, handlers, processes, path, names },
      set: (value) => this.#set(element, bo, row, value),
      entriesOf: (child, inner) =>
        rowsOfItem(vocabulary, child, read).map((its) => this.#entry(element, child, its, inner)),
      isOpen: (child) => this.unfolded.has(child),
      open: (child, open = true) => void (open ? this.unfolded.add(child) : this.unfolded.delete(child)),
      focusNext: (key) => (this.entering = key),
    });
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
    if (row.name === 'id' && !/^[A-Za-z_][\w.-]*$/.test(value)) return this.later();
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
