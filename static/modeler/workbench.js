import { get, post } from '../api.js';
import { withLayout } from '../viewer/layout.js';
import { createModeler } from './canvas.js';
import { decisionOf, editorOf, madeFor } from './decision.js';
import { DeploySheet } from './deploy/sheet.js';
import { Keeper, time } from './draft/keeper.js';
import { download, fileOf } from './files/download.js';
import { acceptFiles } from './files/open.js';
import { handlersFrom } from './handlers.js';
import { Model } from './model.js';
import { Panel, renameProcess } from './panel/index.js';
import { Checker } from './problems/checker.js';
import { ProblemsView } from './problems/view.js';
import { makeShell } from './shell.js';
import { newDiagram } from './template.js';

const DEPLOYED = { filter: { latest: true }, sort: [{ field: 'key', order: 'asc' }], page: { limit: 200 } };

/** The modeler's page: one diagram, where it is kept, and what the server says of it. */
export class Workbench {
  /**
   * @param {HTMLElement} root
   * @param {{ draftId?: string, definitionId?: string, xml?: string, name?: string,
   *   decided?: { elementId: string, key: string } }} config `decided`: from which decision one comes back, to which task
   */
  constructor(root, config) {
    this.root = root;
    this.config = config;
    this.deployed = Boolean(config.definitionId);
    /** @type {string[]} */
    this.variables = [];
    this.shell = makeShell(root);
    this.keeper = new Keeper({
      kind: 'bpmn',
      draftId: config.draftId ?? null,
      fallback: config.definitionId ?? 'new',
      root,
      notices: this.shell.notices,
      read: () => this.xml(),
      look: async () => (await this.modeler.saveXML({ format: true })).xml,
      about: () => this.#about(),
      load: (xml) => this.load(xml),
      say: (words) => this.#say(words),
    });
  }

  async open() {
    const [{ vocabulary }, handlers, processes, start] = await Promise.all([
      get('/api/v1/vocabulary'),
      get('/api/v1/handlers').catch(() => ({ items: [] })), // topics can be typed as well
      post('/api/v1/definitions/search', DEPLOYED).catch(() => ({ items: [] })), // and so can keys of processes
      this.#start(),
    ]);
    this.modeler = createModeler(this.shell.canvas);
    this.model = new Model(this.modeler);
    this.problems = new ProblemsView(this.modeler, this.shell.foot, (object) => this.panel?.reveal(object));
    this.checker = new Checker(
      () => this.xml(),
      (problems, reason) => this.#checked(problems, reason),
      (variables) => (this.variables = variables),
    );
    this.panel = new Panel(this.shell.panel, {
      model: this.model,
      vocabulary,
      handlers: handlersFrom(handlers.items),
      processes: processes.items,
      isDeployed: () => this.deployed,
      variables: () => this.variables,
      problemsOf: (id) => this.problems?.of(id) ?? [],
      toDecision: (element) => void this.#toDecision(element),
    });
    this.sheet = new DeploySheet(this.root, {
      read: () => this.xml(),
      name: () => this.#named(),
      onDeployed: (version) => void this.#onDeployed(version),
    });
    this.#listen();
    await this.load(start.xml);
    this.#say(start.state);
    await this.keeper.offerCopy(start.xml);
    this.#comeBack();
  }

  /** What to begin with: the draft, the deployed version, the file given by the page, or something new. */
  async #start() {
    const { draftId, definitionId, xml } = this.config;
    if (draftId) {
      const draft = await this.keeper.drafts.read();
      this.deployed = Boolean(draft.definitionKey);
      return { xml: draft.content, state: `Saved ${time(draft.updatedAt)}` };
    }
    if (definitionId) return { xml: await get(`/api/v1/definitions/${definitionId}/xml`), state: 'As deployed' };
    return xml ? { xml, state: 'Not saved' } : { xml: newDiagram({ name: this.config.name }), state: 'New, not saved' };
  }

  /** To the decision of a task, which is made if there is none; the diagram is kept as a draft to come back to. @param {any} element */
  async #toDecision(element) {
    this.#flush();
    const bo = element.businessObject;
    if (!decisionOf(bo)) this.model?.change(element, [{ moddleElement: bo, properties: madeFor(bo) }]);
    const { drafts } = this.keeper;
    if ((this.keeper.changed || !drafts.id) && !(await this.keeper.save())) return;
    location.assign(editorOf(bo, /** @type {string} */ (drafts.id)));
  }

  /** Select the task from which one went to its decision, which may have got another id there. */
  #comeBack() {
    const { elementId = '', key = '' } = this.config.decided ?? {};
    const element = this.modeler.get('elementRegistry').get(elementId);
    if (!element) return;
    this.modeler.get('selection').select(element);
    const bo = element.businessObject;
    if (!key || decisionOf(bo) === key || !bo.get('camunda:decisionRef')) return;
    this.model?.change(element, [{ moddleElement: bo, properties: { 'camunda:decisionRef': key } }]);
  }

  /** Show another diagram. What is there stays when this one cannot be read. @param {string} xml */
  async load(xml) {
    await this.modeler.importXML(await withLayout(xml));
    this.fit();
    this.#showName();
    this.keeper.changed = false;
    await this.checker?.now();
  }

  /** The diagram as a file, with what is being typed. */
  async xml() {
    this.#flush();
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  /** Take what is being typed, in the panel and in the name. */
  #flush() {
    this.panel?.flush();
    // Compared with what was shown, not with the file: an input holds no line breaks.
    if (!this.model || this.shell.name.value === this.shownName) return;
    this.shownName = this.shell.name.value;
    renameProcess(this.model, this.shell.name.value, this.deployed);
  }

  fit() {
    const canvas = this.modeler.get('canvas');
    canvas.resized();
    canvas.zoom('fit-viewport', 'auto');
    if (canvas.zoom() > 1) canvas.zoom(1, 'auto');
    this.#besidePalette(canvas);
  }

  /** Nothing lies under the palette: what would is moved aside, and made smaller where there is no room. @param {any} canvas */
  #besidePalette(canvas) {
    const palette = this.shell.canvas.querySelector('.djs-palette');
    const width = palette?.getClientRects().length ? palette.offsetLeft + palette.offsetWidth + 16 : 0;
    const { inner, outer, scale, x } = canvas.viewbox();
    const left = (inner.x - x) * scale;
    if (!inner.width || left >= width) return;
    const room = outer.width - width - 16;
    const smaller = Math.min(scale, room / inner.width);
    canvas.zoom(smaller, 'auto');
    const now = canvas.viewbox();
    canvas.scroll({ dx: width - (now.inner.x - now.x) * now.scale, dy: 0 });
  }

  #listen() {
    const { shell, modeler } = this;
    modeler.on('commandStack.changed', () => this.#onChange());
    shell.tools.undo.addEventListener('click', () => modeler.get('commandStack').undo());
    shell.tools.redo.addEventListener('click', () => modeler.get('commandStack').redo());
    shell.tools.fit.addEventListener('click', () => this.fit());
    shell.tools.panel.addEventListener('click', () => this.root.toggleAttribute('data-no-panel'));
    shell.deeds.save.addEventListener('click', () => this.keeper.save());
    shell.deeds.deploy.addEventListener('click', () => this.sheet?.open());
    const choose = acceptFiles(this.root, (text, name) => this.keeper.openFile(text, name));
    shell.deeds.open.addEventListener('click', choose);
    for (const kind of /** @type {const} */ (['bpmn', 'svg', 'png'])) {
      shell.downloads[kind].addEventListener('click', async () => {
        this.#flush();
        download(await fileOf(modeler, kind), `${this.#named().key}.${kind}`);
      });
    }
    shell.name.addEventListener('change', () => this.#flush());
    new ResizeObserver(() => modeler.get('canvas').resized()).observe(shell.canvas);
  }

  #onChange() {
    this.keeper.touch();
    const stack = this.modeler.get('commandStack');
    this.shell.tools.undo.disabled = !stack.canUndo();
    this.shell.tools.redo.disabled = !stack.canRedo();
    this.#showName();
    this.checker?.later();
  }

  /** @param {import('../api.js').FileProblem[] | null} problems @param {string} [reason] */
  #checked(problems, reason) {
    this.problems?.show(problems, reason);
    if (!this.shell.panel.contains(document.activeElement)) this.panel?.later();
  }

  /** @param {{ version: number }} version */
  async #onDeployed(version) {
    this.deployed = true;
    this.keeper.settled();
    if (this.keeper.drafts.id) await this.keeper.save(); // so that the draft knows its process
    this.#say(`Deployed as v${version.version}`);
  }

  /** @returns {{ key: string, name: string }} */
  #named() {
    const { bo } = /** @type {Model} */ (this.model).process();
    return { key: bo.id, name: bo.name || bo.id };
  }

  #about() {
    const { name, key } = this.#named();
    return { name: name || key, definitionKey: this.deployed ? key : null };
  }

  #showName() {
    const { bo } = /** @type {Model} */ (this.model).process();
    if (document.activeElement !== this.shell.name || bo.name === this.shownName) {
      this.shell.name.value = bo.name ?? '';
      this.shownName = this.shell.name.value;
    }
    this.shell.key.textContent = bo.id;
    document.title = `${bo.name || bo.id} · Stellwerk`;
  }

  /** @param {string} words */
  #say(words) {
    this.shell.state.textContent = words;
  }
}
