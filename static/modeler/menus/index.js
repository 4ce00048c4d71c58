/** Menus offer what the engine can run; what it refuses stays out of the way, and a file that holds it still opens. */
import { isOffered, refusedWords } from './offered.js';

const MENUS = ['bpmn-replace', 'bpmn-append', 'bpmn-create'];

class OfferedEntries {
  /**
   * @param {any} popupMenu
   * @param {any} vocabulary
   */
  constructor(popupMenu, vocabulary) {
    this.words = refusedWords(vocabulary);
    for (const menu of MENUS) popupMenu.registerProvider(menu, 100, this); // after those that fill it
  }

  getPopupMenuEntries() {
    return (/** @type {Record<string, any>} */ entries) => this.#offered(entries);
  }

  getPopupMenuHeaderEntries() {
    return (/** @type {Record<string, any>} */ entries) => this.#offered(entries);
  }

  /** @param {Record<string, any>} entries */
  #offered(entries) {
    return Object.fromEntries(Object.entries(entries).filter(([id]) => isOffered(id, this.words)));
  }
}
OfferedEntries.$inject = ['popupMenu', 'config.vocabulary'];

export default { __init__: ['offeredEntries'], offeredEntries: ['type', OfferedEntries] };
