import { h } from '../modeler/panel/dom.js';

/** @typedef {{ element: any, id: string, name: string, type: string }} View */

const SIGNS = { drd: '⋔', decisionTable: '▦', literalExpression: 'ƒ', boxedExpression: 'ƒ' };

/** A tab for each view of the file: the requirements, each table, each literal expression. */
export class Tabs {
  /** @param {HTMLElement} list @param {(view: View) => void} open */
  constructor(list, open) {
    this.list = list;
    this.open = open;
    list.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** @param {View[]} views @param {View | undefined} active */
  show(views, active) {
    const hadFocus = this.list.contains(document.activeElement);
    this.list.replaceChildren(...views.map((view) => this.#tab(view, view.id === active?.id)));
    const selected = /** @type {HTMLElement | null} */ (this.list.querySelector('[aria-selected=true]'));
    selected?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
    if (hadFocus) selected?.focus();
  }

  /** @param {View} view @param {boolean} selected */
  #tab(view, selected) {
    const sign = h('span', { className: 'de-tab-sign', 'aria-hidden': 'true' }, [
      SIGNS[/** @type {keyof typeof SIGNS} */ (view.type)] ?? '',
    ]);
    const words = view.type === 'drd' ? 'Requirements' : view.name || view.id;
    const tab = h('button', { type: 'button', role: 'tab', 'aria-selected': selected, 'aria-controls': 'de-view' }, [
      sign,
      words,
    ]);
    tab.tabIndex = selected ? 0 : -1;
    tab.addEventListener('click', () => this.open(view));
    return tab;
  }

  /** Arrows go from tab to tab, as tabs do. @param {KeyboardEvent} event */
  #onKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    event.preventDefault();
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  }
}
