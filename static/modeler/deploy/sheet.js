import { post } from '../../api.js';
import { h } from '../panel/dom.js';
import { filesOf } from '../problems/checker.js';
import { ordered, summary } from '../problems/order.js';
import { listsOf, runningOf, titleOf } from './changes.js';

/**
 * @typedef {object} Sheeted what is deployed, and how it is called
 * @property {() => Promise<string>} read
 * @property {() => { key: string, name: string }} name
 * @property {(version: any) => void} onDeployed
 * @property {Wording} [wording]
 * @property {HTMLElement | null} [back] leads to where one came from
 */

/**
 * @typedef {object} Wording
 * @property {string} suffix of the file
 * @property {string} back
 * @property {string} on
 * @property {(key: string) => string} use
 * @property {(answer: any) => any[]} deployed the versions now in force
 * @property {(version: any) => { text: string, href: string }[]} links to go on with, the usual one first
 */

/** @type {Wording} */
const PROCESS = {
  suffix: '.bpmn',
  back: 'Back to the diagram',
  on: 'Draw on',
  use: (key) => `New starts of ${key} will take this version.`,
  deployed: (answer) => answer.definitions,
  links: ({ key, name }) => [
    { text: `Start ${name || key}`, href: `/processes/${encodeURIComponent(key)}/start` },
    { text: 'See the process', href: `/processes/${encodeURIComponent(key)}` },
  ],
};

/** The last look before a diagram goes to work: what is wrong with it, what will happen, and afterwards what did. */
export class DeploySheet {
  /**
   * @param {HTMLElement} root
   * @param {Sheeted} deps
   */
  constructor(root, deps) {
    this.deps = deps;
    this.wording = deps.wording ?? PROCESS;
    this.body = h('div', { className: 'md-sheet-body' });
    this.dialog = h('dialog', { className: 'md-sheet', 'aria-labelledby': 'md-sheet-title' }, [
      h('h2', { id: 'md-sheet-title' }, ['Deploy']),
      this.body,
    ]);
    root.append(this.dialog);
  }

  async open() {
    const xml = await this.deps.read();
    this.#show([h('p', {}, ['Checking…'])], []);
    this.dialog.showModal();
    try {
      const [{ deployable, problems }, { changes }] = await Promise.all([
        post('/api/v1/deployments/check', filesOf(xml, this.#filename())),
        post('/api/v1/deployments/compare', filesOf(xml, this.#filename())),
      ]);
      this.#review(xml, deployable, ordered(problems), changes);
    } catch (error) {
      this.#failed(/** @type {Error} */ (error));
    }
  }

  /**
   * @param {string} xml
   * @param {boolean} deployable
   * @param {any[]} problems
   * @param {import('./changes.js').Change[]} changes
   */
  #review(xml, deployable, problems, changes) {
    const { name, key } = this.deps.name();
    const go = action(`Deploy ${name}`, 'button button--main', () => this.#deploy(xml));
    const content = [
      h('p', {}, [
        deployable
          ? `“${name}” can be deployed. ${this.wording.use(key)}`
          : `“${name}” cannot be deployed yet. Correct the errors first.`,
      ]),
      ...changes.flatMap((change) => changeOf(change, changes.length > 1)),
      ...reportOf(problems),
    ];
    this.#show(content, deployable ? [go, this.#close('Not now')] : [this.#close(this.wording.back)]);
    (deployable ? go : this.body.querySelector('button'))?.focus();
  }

  /** @param {string} xml */
  async #deploy(xml) {
    for (const button of this.body.querySelectorAll('button')) button.disabled = true;
    try {
      const answer = await post('/api/v1/deployments', filesOf(xml, this.#filename()));
      const definitions = this.wording.deployed(answer);
      const { key } = this.deps.name();
      const shown = definitions.find((/** @type {any} */ one) => one.key === key) ?? definitions[0];
      this.deps.onDeployed(shown);
      const back = this.#back();
      const links = this.wording.links(shown).map(({ text, href }, at) => {
        const className = at || back.length ? 'button' : 'button button--main';
        return h('a', { className, href }, [text]);
      });
      const lines = definitions.map((/** @type {any} */ d) =>
        h('p', { role: 'status' }, [`Deployed: ${d.name || d.key}, version ${d.version}.`]),
      );
      const content = [...lines, ...reportOf(ordered(answer.report ?? []))];
      const actions = [...back, ...links];
      this.#show(content, [...actions, this.#close(this.wording.on)]);
      actions[0]?.focus();
    } catch (error) {
      this.#failed(/** @type {Error} */ (error));
    }
  }

  /** @param {any} error */
  #failed(error) {
    const message = h('p', { role: 'alert', className: 'md-refused' }, [error.message]);
    this.#show([message, ...reportOf(ordered(error.problems ?? []))], [this.#close(this.wording.back)]);
  }

  /** The usual next step of who came from somewhere. */
  #back() {
    const { back } = this.deps;
    return back ? [action(back.textContent ?? '', 'button button--main', () => back.click())] : [];
  }

  #filename() {
    return this.deps.name().key + this.wording.suffix;
  }

  /** @param {string} words */
  #close(words) {
    return action(words, 'button', () => this.dialog.close());
  }

  /** @param {HTMLElement[]} content @param {HTMLElement[]} actions */
  #show(content, actions) {
    this.body.replaceChildren(...content, h('div', { className: 'actions' }, actions));
  }
}

/**
 * What changes against the version before, and what becomes of the instances in it.
 * @param {import('./changes.js').Change} change
 * @param {boolean} named whether several processes are deployed
 */
function changeOf(change, named) {
  const lists = listsOf(change).map(([words, items]) =>
    h('li', {}, [h('strong', {}, [words]), ` ${items.join(', ')}`]),
  );
  return [
    h('h3', {}, [titleOf(change, named)]),
    ...(lists.length ? [h('ul', { className: 'md-report' }, lists)] : []),
    ...runningOf(change).map((words) => h('p', {}, [words])),
  ];
}

/** @param {any[]} problems */
function reportOf(problems) {
  if (!problems.length) return [];
  const items = problems.map((problem) =>
    h('li', { className: `md-${problem.severity}` }, [
      h('strong', {}, [problem.elementName || problem.elementId || problem.file || '']),
      ` ${problem.message}`,
    ]),
  );
  return [h('h3', {}, [summary(problems)]), h('ul', { className: 'md-report' }, items)];
}

/** @param {string} words @param {string} className @param {() => void} act @returns {HTMLButtonElement} */
function action(words, className, act) {
  const button = h('button', { type: 'button', className }, [words]);
  button.addEventListener('click', act);
  return button;
}
