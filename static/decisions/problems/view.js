import { h } from '../../modeler/panel/dom.js';
import { ordered, summary } from '../../modeler/problems/order.js';
import { sign, worst } from '../../modeler/problems/sign.js';
import { byIds, decisionsOf, placeOf } from '../model.js';
import { undeclaredIn } from '../inputs.js';

/** @typedef {import('../../api.js').FileProblem & { place: import('../model.js').Place }} Placed */

/** The server's findings: at their cells, and in a list that leads there. */
export class ProblemsView {
  /**
   * @param {HTMLElement} bar
   * @param {object} deps
   * @param {() => any} deps.definitions
   * @param {import('../marks.js').Marks} deps.marks
   * @param {(place: import('../model.js').Place) => void} deps.go
   * @param {(decision: any, missing: { name: string, type: string }) => void} deps.provide
   */
  constructor(bar, deps) {
    this.deps = deps;
    /** @type {Placed[]} */
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
    const definitions = this.deps.definitions();
    this.problems = placed(problems, definitions);
    this.title.replaceChildren(sign(worst(this.problems)), ` ${summary(this.problems)}`);
    const missing = decisionsOf(definitions).flatMap((decision) =>
      undeclaredIn(decision, definitions).map((one) => ({ ...one, decision })),
    );
    this.list.replaceChildren(...this.problems.map((problem) => this.#item(problem, missing)));
    this.deps.marks.problems(this.problems);
  }

  /** What is wrong at a cell, for who points at it. @param {string} id */
  at(id) {
    return this.problems.filter(({ place }) => place.id === id).map(({ message }) => message);
  }

  /** @param {Placed} problem @param {any[]} missing */
  #item(problem, missing) {
    const { place, message, severity, line, elementId } = problem;
    const words = [
      sign(severity),
      h('span', {}, [message]),
      h('span', { className: 'md-place' }, [place.words || (line ? `line ${line}` : '')]),
    ];
    const inner = place.node ? h('button', { type: 'button' }, words) : h('div', {}, words);
    if (place.node) inner.addEventListener('click', () => this.deps.go(place));
    const lacks = missing.find(({ expressionId, columnId }) => [expressionId, columnId].includes(elementId));
    return h('li', { className: `md-${severity}` }, [inner, ...(lacks ? [this.#provide(lacks)] : [])]);
  }

  /** @param {any} missing */
  #provide(missing) {
    const words = `Add the input “${missing.name}”`;
    const button = h('button', { type: 'button', className: 'md-fix', title: words, 'aria-label': words }, ['Fix']);
    button.addEventListener('click', () => this.deps.provide(missing.decision, missing));
    return button;
  }
}

/**
 * With the places where they are shown; those of the whole file have none.
 * @param {import('../../api.js').FileProblem[]} problems
 * @param {any} definitions
 * @returns {Placed[]}
 */
export function placed(problems, definitions) {
  const known = byIds(definitions);
  return ordered(problems).map((problem) => ({ ...problem, place: placeOf(known.get(problem.elementId ?? '')) }));
}
