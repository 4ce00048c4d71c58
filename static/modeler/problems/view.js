import { h } from '../panel/dom.js';
import { applyFix } from './fix.js';
import { byElement, ordered, summary } from './order.js';

const SIGNS = {
  error: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 1.5 15 14H1z"/></svg>',
  warning: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2 14 8l-6 6-6-6z"/></svg>',
  info: '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/></svg>',
};

/** The server's findings: at their elements on the canvas, and in a list that leads there. */
export class ProblemsView {
  /** @param {any} modeler @param {HTMLElement} bar */
  constructor(modeler, bar) {
    this.modeler = modeler;
    /** @type {import('../../api.js').FileProblem[]} */
    this.problems = [];
    this.list = h('ul', { className: 'md-problem-list' });
    this.title = h('span', { role: 'status' }, ['Checking…']);
    this.box = h('details', { className: 'md-problems' }, [h('summary', {}, [this.title]), this.list]);
    bar.append(this.box);
  }

  /** @param {import('../../api.js').FileProblem[] | null} problems @param {string} [reason] why there is no answer */
  show(problems, reason = '') {
    if (problems === null) {
      this.title.textContent = `Not checked: ${reason}`;
      return;
    }
    this.problems = ordered(problems);
    this.title.replaceChildren(sign(worst(this.problems)), ` ${summary(this.problems)}`);
    this.list.replaceChildren(...this.problems.map((problem) => this.#item(problem)));
    this.#mark();
  }

  /** @param {string} id */
  of(id) {
    return this.problems.filter((problem) => problem.elementId === id);
  }

  #mark() {
    const overlays = this.modeler.get('overlays');
    const registry = this.modeler.get('elementRegistry');
    overlays.remove({ type: 'problem' });
    for (const [id, found] of byElement(this.problems)) {
      const serious = found.filter((problem) => problem.severity !== 'info');
      if (!serious.length || !registry.get(id)?.parent) continue;
      const title = serious.map((problem) => problem.message).join('\n');
      const html = h('button', {
        type: 'button',
        className: `md-mark md-${serious[0].severity}`,
        title,
        'aria-label': title,
      });
      html.append(sign(serious[0].severity));
      html.addEventListener('click', () => this.#go(id));
      overlays.add(id, 'problem', { position: { bottom: 10, left: -10 }, html, scale: { min: 0.9, max: 1.3 } });
    }
  }

  /** @param {import('../../api.js').FileProblem} problem */
  #item(problem) {
    const place = problem.elementName || problem.elementId || (problem.line ? `line ${problem.line}` : '');
    const words = [
      sign(problem.severity),
      h('span', {}, [problem.message]),
      h('span', { className: 'md-place' }, [place]),
    ];
    const inner = problem.elementId ? h('button', { type: 'button' }, words) : h('div', {}, words);
    if (problem.elementId) inner.addEventListener('click', () => this.#go(/** @type {string} */ (problem.elementId)));
    return h('li', { className: `md-${problem.severity}` }, [inner, ...this.#fix(problem)]);
  }

  /** @param {import('../../api.js').FileProblem} problem */
  #fix({ fix, message }) {
    if (!fix) return [];
    const button = h('button', { type: 'button', className: 'md-fix', title: fix.label }, ['Fix']);
    button.setAttribute('aria-label', `${fix.label}: ${message}`);
    button.addEventListener('click', () => {
      button.disabled = true; // the next check brings a new list
      applyFix(this.modeler, fix);
    });
    return [button];
  }

  /** @param {string} id */
  #go(id) {
    const element = this.modeler.get('elementRegistry').get(id);
    if (!element) return;
    this.modeler.get('canvas').scrollToElement(element, 120);
    this.modeler.get('selection').select(element.parent ? element : []);
  }
}

/** @param {import('../../api.js').FileProblem[]} problems */
const worst = (problems) => problems[0]?.severity ?? 'none';

/** @param {string} severity */
function sign(severity) {
  const html = SIGNS[/** @type {keyof typeof SIGNS} */ (severity)];
  const element = h('span', { className: `md-sign md-${severity}` });
  element.innerHTML =
    html ??
    '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="2"/></svg>';
  return element;
}
