import { notify } from '../shell.js';
import { dropCopy, readCopy, writeCopy } from './local.js';
import { DraftStore } from './store.js';

const COPY_PAUSE = 800; // ms after the last change until the browser's own copy is written
const BEGINNINGS = ['definition', 'key', 'version', 'name', 'decision']; // in the address, until there is a draft

/**
 * @typedef {object} Kept what is kept, and where it is said
 * @property {'bpmn' | 'dmn'} kind
 * @property {string | null} draftId
 * @property {string} fallback names the browser's copy while there is no draft
 * @property {HTMLElement} root
 * @property {HTMLElement} notices
 * @property {() => Promise<string>} read the file, with what is being typed
 * @property {() => Promise<string>} look the file as it is, for the copy
 * @property {() => { name: string, definitionKey: string | null }} about
 * @property {(xml: string) => Promise<void>} load
 * @property {(words: string) => void} say
 */

/** Keeps what somebody draws: in a draft on the server, and in a copy in this browser for what was not saved. */
export class Keeper {
  /** @param {Kept} kept */
  constructor(kept) {
    this.kept = kept;
    this.drafts = new DraftStore(kept.draftId, kept.kind);
    this.changed = false;
    window.addEventListener('beforeunload', (event) => this.changed && event.preventDefault());
    document.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
        event.preventDefault();
        this.save();
      }
    });
  }

  /** Something was changed. */
  touch() {
    this.changed = true;
    this.kept.say('Changed, not saved');
    clearTimeout(this.copying);
    this.copying = setTimeout(() => this.#copy(), COPY_PAUSE);
  }

  /** True when it is saved. */
  async save() {
    const content = await this.kept.read();
    const { name, definitionKey } = this.kept.about();
    this.kept.say('Saving…');
    try {
      const draft = await this.drafts.save({ name, content, definitionKey });
      this.changed = false;
      await dropCopy(this.#copyKey());
      const address = new URL(location.href);
      for (const name of BEGINNINGS) address.searchParams.delete(name);
      address.searchParams.set('draft', draft.id);
      history.replaceState(null, '', address.search);
      await dropCopy(this.#copyKey());
      this.kept.say(`Saved ${time(draft.updatedAt)}`);
      return true;
    } catch (error) {
      this.#notSaved(/** @type {any} */ (error));
      return false;
    }
  }

  /** What is there needs no copy any more. */
  settled() {
    this.changed = false;
    void dropCopy(this.#copyKey());
  }

  /** @param {string} shown the file as it was loaded */
  async offerCopy(shown) {
    const key = this.#copyKey();
    const copy = await readCopy(key);
    if (!copy || copy.xml === shown) return;
    const words = `This browser kept changes to “${copy.name}” of ${time(copy.at)} that were not saved.`;
    notify(this.kept.notices, words, [
      { text: 'Restore them', action: () => this.#restore(copy.xml) },
      { text: 'Drop them', action: () => void dropCopy(key) },
    ]);
  }

  /** Show a file; what was there can be brought back. @param {string} text @param {string} name */
  async openFile(text, name) {
    const { notices, look, load, say } = this.kept;
    try {
      const before = this.changed ? await look() : null;
      await load(text);
      this.changed = true;
      say('Opened, not saved');
      notify(
        notices,
        `${name} is open.`,
        before ? [{ text: 'Back to what was here', action: () => void load(before) }] : [],
      );
    } catch (error) {
      const reason = /** @type {Error} */ (error).message;
      notify(notices, `${name} cannot be opened; what was here is unchanged. ${reason}`, [], 'bad');
    }
  }

  /** @param {import('../../api.js').ApiError} error */
  #notSaved(error) {
    const { notices, load, say } = this.kept;
    say('Not saved');
    if (error.status !== 412) {
      const again = [{ text: 'Save again', action: () => this.save() }];
      return notify(notices, `${error.message} A copy is kept in this browser.`, again, 'bad');
    }
    const keepBoth = () => {
      this.drafts.fork();
      return this.save();
    };
    const theirs = async () => {
      await load((await this.drafts.read()).content);
      say('Their version');
    };
    return notify(
      notices,
      'Somebody else saved this draft meanwhile. Nothing is lost: save yours as a second draft, or look at theirs.',
      [
        { text: 'Save mine as a second draft', action: keepBoth },
        { text: 'Show theirs', action: theirs },
      ],
      'bad',
    );
  }

  async #copy() {
    if (!this.changed) return;
    const { look, about, root } = this.kept;
    await writeCopy({ key: this.#copyKey(), xml: await look(), name: about().name, at: Date.now() });
    root.dataset.copy = this.#copyKey();
  }

  #copyKey() {
    return this.drafts.id ?? this.kept.draftId ?? this.kept.fallback;
  }

  /** @param {string} xml */
  async #restore(xml) {
    await this.kept.load(xml);
    this.changed = true;
    this.kept.say('Restored, not saved');
  }
}

/** @param {string | number} at */
export function time(at) {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
