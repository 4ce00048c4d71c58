/**
 * What somebody typed and has not got through yet: it survives a reload, an expired session and a lost connection.
 * It lives as long as the browser's tab.
 */

const PREFIX = 'stellwerk:form:';
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

export class Draft {
  /**
   * @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage
   * @param {string} path the page's path
   */
  constructor(storage, path) {
    this.storage = storage;
    this.key = PREFIX + path;
    this.once = ID.test(path); // a task's page shows a form only until the task is done
  }

  /**
   * The values to go on with, or null. A draft that was submitted is good again where the form can be there only
   * because the submit failed: at a task, or after a sign-in, a reload or a step back.
   * @param {{ cameBack: boolean }} how
   * @returns {Record<string, unknown> | null}
   */
  read({ cameBack }) {
    const text = this.storage.getItem(this.key);
    if (!text) return null;
    const { values, submitted } = JSON.parse(text);
    if (!submitted || this.once || cameBack) return values;
    this.clear();
    return null;
  }

  /**
   * @param {Record<string, unknown>} values
   * @param {{ submitted?: boolean }} [how]
   */
  write(values, { submitted = false } = {}) {
    try {
      this.storage.setItem(this.key, JSON.stringify({ values, submitted }));
    } catch (error) {
      if (/** @type {Error} */ (error).name !== 'QuotaExceededError') throw error; // the page still holds the values
    }
  }

  clear() {
    this.storage.removeItem(this.key);
  }
}
