import { DeploySheet } from '../modeler/deploy/sheet.js';
import { Keeper } from '../modeler/draft/keeper.js';
import { download } from '../modeler/files/download.js';
import { acceptFiles } from '../modeler/files/open.js';
import { follows, keyFrom } from '../modeler/key.js';
import { Checker } from '../modeler/problems/checker.js';
import { createEditor } from './canvas.js';
import { Exchange } from './csv/exchange.js';
import { fileFrom } from './file.js';
import { Marks } from './marks.js';
import { decisionsOf, is, tableOf } from './model.js';
import { ProblemsView } from './problems/view.js';
import { makeShell } from './shell.js';
import { startFrom } from './start.js';
import { TryPanel } from './try/index.js';
import { saved } from './versions.js';
import { Tabs } from './views.js';

/**
 * @typedef {object} Config
 * @property {string} [draftId]
 * @property {string} [key] a deployed decision, or one that is made under this id
 * @property {string} [version]
 * @property {string} [name] of a new decision
 * @property {{ draftId: string, elementId: string }} [process] the business rule task from which one came
 */

/** @type {import('../modeler/deploy/sheet.js').Wording} */
const WORDING = {
  suffix: '.dmn',
  back: 'Back to the decision',
  on: 'Edit on',
  use: (key) => `Tasks that ask for the newest version of ${key} will take this one.`,
  deployed: (answer) => answer.decisions,
  links: ({ key, name }) => [{ text: `See ${name || key}`, href: `/decisions/${encodeURIComponent(key)}` }],
};

/** The decision editor: one DMN file, where it is kept, what the server says of it, and what it decides. */
export class Workbench {
  /** @param {HTMLElement} root @param {Config} config */
  constructor(root, config) {
    this.root = root;
    this.config = config;
    this.deployed = false;
    this.version = '1.3';
    this.shell = makeShell(root, config.process ? { text: 'Back to the process', href: '#' } : null);
    this.marks = new Marks();
    this.exchange = new Exchange({
      notices: this.shell.notices,
      table: () => tableOf(this.#shown()),
      stack: () => this.#stack(),
      key: () => this.#named().key,
    });
    this.keeper = new Keeper({
      kind: 'dmn',
      draftId: config.draftId ?? null,
      fallback: `decision:${config.key ?? 'new'}`,
      root,
      notices: this.shell.notices,
      read: () => this.xml(),
      look: () => this.xml(),
      about: () => ({ name: this.#named().name, definitionKey: this.#named().key }),
      load: (xml) => this.load(xml),
      say: (words) => this.#say(words),
    });
  }

  async open() {
    this.editor = createEditor(this.shell.canvas);
    const go = (/** @type {any} */ place) => void this.go(place);
    const provide = (/** @type {any} */ decision, /** @type {any} */ missing) => void this.#provide(decision, missing);
    const definitions = () => this.editor.getDefinitions();
    this.tabs = new Tabs(this.shell.tabs, (view) => void this.#view(view));
    this.problems = new ProblemsView(this.shell.foot, { definitions, marks: this.marks, go, provide });
    this.checker = new Checker(
      () => this.xml(),
      (problems, reason) => this.problems?.show(problems, reason),
      () => {},
      'decision.dmn',
    );
    const shown = () => this.#shown();
    const read = () => this.xml();
    this.trial = new TryPanel(this.shell.panel, { read, definitions, shown, go, provide, marks: this.marks });
    this.sheet = new DeploySheet(this.root, {
      read,
      name: () => this.#named(),
      onDeployed: (version) => void this.#onDeployed(version),
      wording: WORDING,
      back: this.shell.home,
    });
    this.#listen();
    const start = await startFrom(this.config, this.keeper.drafts);
    this.deployed = start.deployed;
    await this.load(start.xml);
    this.#say(start.state);
    await this.keeper.offerCopy(start.xml);
  }

  /**
   * Show another file. What is there stays when this one cannot be read, or would lose something.
   * @param {string} xml
   */
  async load(xml) {
    const file = await fileFrom(xml);
    await this.editor.importXML(file.xml);
    this.version = file.version;
    await this.#firstView();
    this.#showName();
    this.keeper.changed = false;
    this.trial?.refresh(true);
    await this.checker?.now();
  }

  /** The decision that was asked for, else the first table; the diagram only where there is nothing else. */
  async #firstView() {
    const views = this.editor.getViews();
    const wanted =
      views.find((/** @type {any} */ view) => view.id === this.config.key) ??
      views.find((/** @type {any} */ view) => view.type === 'decisionTable') ??
      views.find((/** @type {any} */ view) => view.type !== 'drd') ??
      views[0];
    if (wanted) await this.#view(wanted);
  }

  /** The file as it came, in its own version of DMN. */
  async xml() {
    return saved((await this.editor.saveXML({ format: true })).xml, this.version);
  }

  /** Show what a problem or a matched rule is about. @param {import('./model.js').Place} place */
  async go({ kind, id, node }) {
    const views = this.editor.getViews();
    const view = views.find((/** @type {any} */ one) => one.id === node?.id) ?? views[0];
    if (view.id !== this.editor.getActiveView()?.id) await this.#view(view);
    const attribute = kind === 'column' ? 'data-col-id' : 'data-element-id';
    const cell = this.shell.canvas.querySelector(`[${attribute}="${CSS.escape(id)}"]`);
    cell?.scrollIntoView({ block: 'center', inline: 'center' });
    cell?.querySelector('[contenteditable]')?.focus();
  }

  /** @param {any} view */
  async #view(view) {
    await this.editor.open(view);
    this.fit();
  }

  fit() {
    if (this.editor.getActiveView()?.type !== 'drd') return;
    const canvas = this.editor.getActiveViewer().get('canvas');
    canvas.resized();
    canvas.zoom('fit-viewport', 'auto');
    if (canvas.zoom() > 1) canvas.zoom(1, 'auto');
  }

  #listen() {
    const { shell, editor } = this;
    editor.on('viewer.created', (/** @type {any} */ { viewer }) => {
      viewer.on('commandStack.changed', (/** @type {any} */ { trigger }) => this.#onChange(trigger !== 'clear'));
    });
    editor.on('views.changed', (/** @type {any} */ { views, activeView }) => this.#onViews(views, activeView));
    shell.tools.undo.addEventListener('click', () => this.#stack()?.undo());
    shell.tools.redo.addEventListener('click', () => this.#stack()?.redo());
    shell.tools.fit.addEventListener('click', () => this.fit());
    shell.tools.panel.addEventListener('click', () => this.root.toggleAttribute('data-no-panel'));
    shell.deeds.save.addEventListener('click', () => this.keeper.save());
    shell.deeds.deploy.addEventListener('click', () => this.sheet?.open());
    shell.name.addEventListener('change', () => this.#rename(shell.name.value));
    shell.home?.addEventListener('click', (/** @type {Event} */ event) => void this.#goBack(event));
    this.#listenToFiles();
    shell.canvas.addEventListener('mouseover', (/** @type {any} */ { target }) => this.#explain(target));
    new ResizeObserver(() => this.fit()).observe(shell.canvas);
  }

  #listenToFiles() {
    const { shell } = this;
    const take = (/** @type {string} */ text, /** @type {string} */ name) =>
      /\.csv$/i.test(name) ? this.exchange.take(text, name) : this.keeper.openFile(text, name);
    shell.deeds.open.addEventListener('click', acceptFiles(this.root, take, '.dmn,.xml,application/xml'));
    shell.files.take.addEventListener('click', () => this.exchange.choose());
    shell.files.csv.addEventListener('click', () => this.exchange.give());
    shell.files.dmn.addEventListener('click', async () => {
      download(new Blob([await this.xml()], { type: 'application/xml' }), `${this.#named().key}.dmn`);
    });
  }

  /** @param {boolean} byHand */
  #onChange(byHand) {
    const stack = this.#stack();
    this.shell.tools.undo.disabled = !stack?.canUndo();
    this.shell.tools.redo.disabled = !stack?.canRedo();
    if (!byHand) return;
    this.keeper.touch();
    this.#showName();
    this.trial?.refresh();
    this.checker?.later();
  }

  /** @param {any[]} views @param {any} active */
  #onViews(views, active) {
    this.tabs?.show(views, active);
    this.root.dataset.shown = active?.id ?? '';
    this.root.dataset.view = active?.type ?? '';
    this.#onChange(false);
    this.#showName();
    this.trial?.refresh(true);
  }

  /** What is wrong at the cell under the pointer. @param {HTMLElement} target */
  #explain(target) {
    const cell = /** @type {HTMLElement | null} */ (target.closest('td, th'));
    const id = cell?.dataset.elementId ?? cell?.dataset.colId;
    if (cell && id) cell.title = this.problems?.at(id).join('\n') ?? '';
  }

  #stack() {
    return this.editor.getActiveViewer()?.get('commandStack');
  }

  /** The decision in view; null in the diagram. */
  #shown() {
    const element = this.editor.getActiveView()?.element;
    return is(element, 'dmn:Decision') ? element : null;
  }

  /** @returns {{ key: string, name: string }} of the decision in view, else of the first one */
  #named() {
    const definitions = this.editor.getDefinitions();
    const decisions = decisionsOf(definitions);
    const { id, name } =
      this.#shown() ?? decisions.find(({ id }) => id === this.config.key) ?? decisions[0] ?? definitions;
    return { key: id, name: name || id };
  }

  /** The id follows the name until it is deployed, or something refers to it. @param {string} name */
  #rename(name) {
    const element = this.#shown() ?? this.editor.getDefinitions();
    const before = { key: element.id, name: element.name ?? '', deployed: this.deployed };
    if (name === before.name) return;
    const isFree = is(element, 'dmn:Decision') && !isRequired(element) && follows(before, 'decision');
    const properties = isFree ? { name, id: keyFrom(name, 'decision') } : { name };
    const viewer = this.editor.getActiveViewer();
    const target = viewer.get('elementRegistry', false)?.get(element.id) ?? element;
    viewer.get('modeling').updateProperties(target, properties);
  }

  #showName() {
    const element = this.editor.getActiveView()?.element ?? this.editor.getDefinitions();
    if (!element) return;
    this.shell.name.value = element.name ?? '';
    this.shell.key.textContent = is(element, 'dmn:Decision') ? element.id : '';
    document.title = `${element.name || element.id} · Stellwerk`;
  }

  /** @param {any} decision @param {{ name: string, type: string }} missing */
  async #provide(decision, { name, type }) {
    const view = this.editor.getViews().find((/** @type {any} */ one) => one.element === decision);
    if (view.id !== this.editor.getActiveView()?.id) await this.#view(view);
    this.#stack().execute('stellwerk.provide', { decision, name, type });
  }

  /** @param {{ version: number }} version */
  async #onDeployed(version) {
    this.deployed = true;
    this.keeper.settled();
    if (this.keeper.drafts.id) await this.keeper.save();
    this.#say(`Deployed as v${version.version}`);
  }

  /** Keep what is here, and go to the task that asked for it. @param {Event} event */
  async #goBack(event) {
    event.preventDefault();
    if (this.keeper.changed && !(await this.keeper.save())) return;
    const { draftId, elementId } = /** @type {NonNullable<Config['process']>} */ (this.config.process);
    const query = new URLSearchParams({ draft: draftId, element: elementId, decision: this.#named().key });
    location.assign(`/modeler?${query}`);
  }

  /** @param {string} words */
  #say(words) {
    this.shell.state.textContent = words;
  }
}

/** Something else in the file refers to it by its id. @param {any} element */
function isRequired(element) {
  const others = element.$parent.get('drgElement').filter((/** @type {any} */ one) => one !== element);
  const lists = [
    'informationRequirement',
    'authorityRequirement',
    'outputDecision',
    'encapsulatedDecision',
    'inputDecision',
  ];
  const references = others.flatMap((/** @type {any} */ one) => lists.flatMap((list) => one[list] ?? []));
  return references.some(
    (/** @type {any} */ { href, requiredDecision }) => (requiredDecision?.href ?? href) === `#${element.id}`,
  );
}
