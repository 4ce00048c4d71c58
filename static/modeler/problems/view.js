import { h } from '../panel/dom.js';
import { byId, drawnBy } from '../tree.js';
import { applyFix } from './fix.js';
import { byElement, ordered, summary } from './order.js';
import { sign, worst } from './sign.js';
import { folded, kindOf, readable } from './words.js';

/** The server's findings: at their elements on the canvas, and in a list that leads there. */
export class ProblemsView {
  /**
   * @param {any} modeler
   * @param {HTMLElement} bar
   * @param {(object: any) => void} reveal shows the object in the panel when its element is selected
   */
  constructor(modeler, bar, reveal) {
    this.modeler = modeler;
    this.reveal = reveal;
    /** @type {import('./order.js').Placed[]} */
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
    this.problems = ordered(folded(problems)).map((problem) => this.#placed(problem));
    this.title.replaceChildren(sign(worst(this.problems)), ` ${summary(this.problems)}`);
    this.list.replaceChildren(...this.problems.map((problem) => this.#item(problem)));
    this.#mark();
  }

  /** @param {string} id of a drawn element */
  of(id) {
    return this.problems.filter((problem) => problem.at === id);
  }

  /**
   * With the drawn element where it is seen: that of an event definition is its event.
   * @param {import('../../api.js').FileProblem} problem
   * @returns {import('./order.js').Placed}
   */
  #placed(problem) {
    const definitions = this.modeler.getDefinitions();
    const object = problem.elementId ? byId(definitions, problem.elementId) : null;
    const drawn = object && drawnBy(object, this.modeler.get('elementRegistry'));
    const isNamed = problem.elementName && problem.elementName !== problem.elementId;
    return {
      ...problem,
      at: drawn?.id ?? null,
      place: isNamed ? problem.elementName : object ? object.name || kindOf(object) : problem.elementId,
      message: readable(problem.message, (id) => byId(definitions, id)),
    };
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
      html.addEventListener('click', () => this.#go(serious[0]));
      overlays.add(id, 'problem', { position: { bottom: 10, left: -10 }, html, scale: { min: 0.9, max: 1.3 } });
    }
  }

  /** @param {import('./order.js').Placed} problem */
  #item(problem) {
    const place = problem.place || (problem.line ? `line ${problem.line}` : '');
    const words = [
      sign(problem.severity),
      h('span', {}, [problem.message]),
      h('span', { className: 'md-place' }, [place]),
    ];
    const inner = problem.elementId ? h('button', { type: 'button' }, words) : h('div', {}, words);
    if (problem.elementId) inner.addEventListener('click', () => this.#go(problem));
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

  /** Show the element, on its own plane when it is inside a collapsed subprocess. @param {import('./order.js').Placed} problem */
  #go({ at, elementId }) {
    const element = at && this.modeler.get('elementRegistry').get(at);
    const canvas = this.modeler.get('canvas');
    if (element?.parent) {
      canvas.setRootElement(canvas.findRoot(element));
      canvas.scrollToElement(element, 120);
    }
    this.modeler.get('selection').select(element?.parent ? element : []);
    const object = elementId && byId(this.modeler.getDefinitions(), elementId);
    if (object) this.reveal(object);
  }
}
