import { get, post } from '../api.js';
import { withLayout } from '../viewer/layout.js';
import { createModeler } from './canvas.js';
import { DeploySheet } from './deploy/sheet.js';
import { dropCopy, readCopy, writeCopy } from './draft/local.js';
import { DraftStore } from './draft/store.js';
import { download, fileOf } from './files/download.js';
import { acceptFiles } from './files/open.js';
import { handlersFrom } from './handlers.js';
import { Model } from './model.js';
import { Panel, renameProcess } from './panel/index.js';
import { Checker } from './problems/checker.js';
import { ProblemsView } from './problems/view.js';
import { makeShell, notify } from './shell.js';
import { newDiagram } from './template.js';

const DEPLOYED = { filter: { latest: true }, sort: [{ field: 'key', order: 'asc' }], page: { limit: 200 } };
const COPY_PAUSE = 800; // ms after the last change until the browser's own copy is written

/** The modeler's page: one diagram, where it is kept, and what the server says of it. */
export class Workbench {
  /**
   * @param {HTMLElement} root
   * @param {{ draftId?: string, definitionId?: string, xml?: string, name?: string }} config
   */
  constructor(root, config) {
    this.root = root;
    this.config = config;
    this.drafts = new DraftStore(config.draftId ?? null);
    this.deployed = Boolean(config.definitionId);
    this.changed = false;
    /** @type {string[]} */
    this.variables = [];
    this.shell = makeShell(root);
  }

  async open() {
    const [{ vocabulary }, handlers, processes, start] = await Promise.all([
      get('/api/v1/vocabulary'),
      get('/api/v1/handlers').catch(() => ({ items: [] })), // topics can be typed as well
      post('/api/v1/definitions/search', DEPLOYED).catch(() => ({ items: [] })), // and so can keys of processes
      this.#start(),
    ]);
    this.modeler = createModeler(this.shell.canvas, vocabulary);
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
    });
    this.sheet = new DeploySheet(this.root, {
      read: () => this.xml(),
      name: () => this.#named(),
      onDeployed: (version) => void this.#onDeployed(version),
    });
    this.#listen();
    await this.load(start.xml);
    this.#say(start.state);
    await this.#offerCopy(start.xml);
  }

  /** What to begin with: the draft, the deployed version, the file given by the page, or something new. */
  async #start() {
    const { draftId, definitionId, xml } = this.config;
    if (draftId) {
      const draft = await this.drafts.read();
      this.deployed = Boolean(draft.definitionKey);
      return { xml: draft.content, state: `Saved ${time(draft.updatedAt)}` };
    }
    if (definitionId) return { xml: await get(`/api/v1/definitions/${definitionId}/xml`), state: 'As deployed' };
    return xml ? { xml, state: 'Not saved' } : { xml: newDiagram({ name: this.config.name }), state: 'New, not saved' };
  }

  /** Show another diagram. What is there stays when this one cannot be read. @param {string} xml */
  async load(xml) {
    await this.modeler.importXML(await withLayout(xml));
    this.fit();
    this.#showName();
    this.changed = false;
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

  async save() {
    const content = await this.xml();
    const { name, key } = this.#named();
    this.#say('Saving…');
    try {
      const draft = await this.drafts.save({ name: name || key, content, definitionKey: this.deployed ? key : null });
      this.changed = false;
      await dropCopy(this.#copyKey());
      history.replaceState(null, '', `?draft=${draft.id}`);
      await dropCopy(this.#copyKey());
      this.#say(`Saved ${time(draft.updatedAt)}`);
    } catch (error) {
      this.#notSaved(/** @type {any} */ (error));
    }
  }

  /** @param {import('../api.js').ApiError} error */
  #notSaved(error) {
    this.#say('Not saved');
    if (error.status !== 412) {
      return notify(
        this.shell.notices,
        `${error.message} A copy is kept in this browser.`,
        [{ text: 'Save again', action: () => this.save() }],
        'bad',
      );
    }
    const keepBoth = () => {
      this.drafts.fork();
      return this.save();
    };
    const theirs = async () => {
      await this.load((await this.drafts.read()).content);
      this.#say('Their version');
    };
    return notify(
      this.shell.notices,
      'Somebody else saved this draft meanwhile. Nothing is lost: save yours as a second draft, or look at theirs.',
      [
        { text: 'Save mine as a second draft', action: keepBoth },
        { text: 'Show theirs', action: theirs },
      ],
      'bad',
    );
  }

  #listen() {
    const { shell, modeler } = this;
    modeler.on('commandStack.changed', () => this.#onChange());
    shell.tools.undo.addEventListener('click', () => modeler.get('commandStack').undo());
    shell.tools.redo.addEventListener('click', () => modeler.get('commandStack').redo());
    shell.tools.fit.addEventListener('click', () => this.fit());
    shell.tools.panel.addEventListener('click', () => this.root.toggleAttribute('data-no-panel'));
    shell.deeds.save.addEventListener('click', () => this.save());
    shell.deeds.deploy.addEventListener('click', () => this.sheet?.open());
    const choose = acceptFiles(this.root, (text, name) => this.#openFile(text, name));
    shell.deeds.open.addEventListener('click', choose);
    for (const kind of /** @type {const} */ (['bpmn', 'svg', 'png'])) {
      shell.downloads[kind].addEventListener('click', async () => {
        this.#flush();
        download(await fileOf(modeler, kind), `${this.#named().key}.${kind}`);
      });
    }
    shell.name.addEventListener('change', () => this.#flush());
    document.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
        event.preventDefault();
        this.save();
      }
    });
    window.addEventListener('beforeunload', (event) => this.changed && event.preventDefault());
    new ResizeObserver(() => modeler.get('canvas').resized()).observe(shell.canvas);
  }

  #onChange() {
    this.changed = true;
    const stack = this.modeler.get('commandStack');
    this.shell.tools.undo.disabled = !stack.canUndo();
    this.shell.tools.redo.disabled = !stack.canRedo();
    this.#say('Changed, not saved');
    this.#showName();
    this.checker?.later();
    clearTimeout(this.copying);
    this.copying = setTimeout(() => this.#copy(), COPY_PAUSE);
  }

  async #copy() {
    if (!this.changed) return;
    const { xml } = await this.modeler.saveXML({ format: true });
    await writeCopy({ key: this.#copyKey(), xml, name: this.#named().name, at: Date.now() });
    this.root.dataset.copy = this.#copyKey();
  }

  #copyKey() {
    return this.drafts.id ?? this.config.draftId ?? this.config.definitionId ?? 'new';
  }

  /** @param {string} shown the diagram as it was loaded */
  async #offerCopy(shown) {
    const key = this.#copyKey();
    const copy = await readCopy(key);
    if (!copy || copy.xml === shown) return;
    notify(this.shell.notices, `This browser kept changes to “${copy.name}” of ${time(copy.at)} that were not saved.`, [
      { text: 'Restore them', action: () => this.#restore(copy.xml) },
      { text: 'Drop them', action: () => void dropCopy(key) },
    ]);
  }

  /** @param {string} xml */
  async #restore(xml) {
    await this.load(xml);
    this.changed = true;
    this.#say('Restored, not saved');
  }

  /** @param {string} text @param {string} name */
  async #openFile(text, name) {
    try {
      const { xml } = this.changed ? await this.modeler.saveXML({ format: true }) : { xml: null };
      await this.load(text);
      this.changed = true;
      this.#say('Opened, not saved');
      const offers = xml ? [{ text: 'Back to what was here', action: () => void this.load(xml) }] : [];
      notify(this.shell.notices, `${name} is open.`, offers);
    } catch (error) {
      const reason = /** @type {Error} */ (error).message;
      notify(this.shell.notices, `${name} cannot be opened; your diagram is unchanged. ${reason}`, [], 'bad');
    }
  }

  /** @param {import('../api.js').FileProblem[] | null} problems @param {string} [reason] */
  #checked(problems, reason) {
    this.problems?.show(problems, reason);
    if (!this.shell.panel.contains(document.activeElement)) this.panel?.later();
  }

  /** @param {{ version: number }} version */
  async #onDeployed(version) {
    this.deployed = true;
    this.changed = false;
    void dropCopy(this.#copyKey());
    if (this.drafts.id) await this.save(); // so that the draft knows its process
    this.#say(`Deployed as v${version.version}`);
  }

  /** @returns {{ key: string, name: string }} */
  #named() {
    const { bo } = /** @type {Model} */ (this.model).process();
    return { key: bo.id, name: bo.name || bo.id };
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

/** @param {string | number} at */
function time(at) {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
