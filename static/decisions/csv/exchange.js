import { download } from '../../modeler/files/download.js';
import { chooser } from '../../modeler/files/open.js';
import { notify } from '../../modeler/shell.js';
import { read, written } from './csv.js';
import { linesOf, rulesFrom } from './table.js';

/** The rules of the shown table, to a spreadsheet and back. */
export class Exchange {
  /**
   * @param {object} deps
   * @param {HTMLElement} deps.notices
   * @param {() => any} deps.table the shown one, or null
   * @param {() => any} deps.stack
   * @param {() => string} deps.key
   */
  constructor(deps) {
    this.deps = deps;
    this.choose = chooser((text, name) => this.take(text, name), '.csv,text/csv');
  }

  give() {
    const table = this.#table();
    if (!table) return;
    // Spreadsheets take a file for UTF-8 only when it begins with this mark.
    const blob = new Blob(['\ufeff', written(linesOf(table))], { type: 'text/csv' });
    download(blob, `${this.deps.key()}.csv`);
  }

  /** All rules of the file, or none. @param {string} text @param {string} name */
  take(text, name) {
    const table = this.#table();
    if (!table) return;
    const { notices, stack } = this.deps;
    try {
      const rules = rulesFrom(table, read(text));
      stack().execute('stellwerk.replaceRules', { rules });
      const count = `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`;
      const undo = { text: 'Undo', action: () => stack().undo() };
      notify(notices, `${name} brought ${count} in place of those that were there.`, [undo]);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      notify(notices, `${name} was not taken, and the table is unchanged. ${message}`, [], 'bad');
    }
  }

  #table() {
    const table = this.deps.table();
    if (!table) notify(this.deps.notices, 'CSV is for decision tables. Open the tab of a table first.', [], 'bad');
    return table;
  }
}
