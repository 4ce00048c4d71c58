/** CSV as of RFC 4180, and as spreadsheets write it: separated by commas, semicolons or tabs. Pure. */

/** @typedef {{ line: number, cells: string[] }} Line a record, and the line of the file where it begins */

/** What is wrong with a file: where, counted from 1, and what to do. */
export class CsvError extends Error {
  /** @param {string} message @param {number} line @param {number} [column] */
  constructor(message, line, column) {
    super(`Line ${line}${column ? `, column ${column}` : ''}: ${message}`);
    this.name = 'CsvError';
    this.line = line;
    this.column = column;
  }
}

const FORMULA = /^[=+\-@\t\r']/;
const HARMLESS = /^-?(\d+(\.\d+)?)?$/; // `-` matches everything; numbers are no formulas

/**
 * A spreadsheet computes a cell that begins with `=`, `+`, `-` or `@`. An apostrophe before it makes it a text there,
 * and is taken away again by `unguarded`; FEEL never begins with one.
 * @param {string} text
 */
export const guarded = (text) => (FORMULA.test(text) && !HARMLESS.test(text) ? `'${text}` : text);
/** @param {string} text */
export const unguarded = (text) => text.replace(/^'/, '');

/** @param {string[][]} rows @returns {string} */
export function written(rows) {
  const cell = (/** @type {string} */ text) => (/[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map((text) => cell(guarded(text))).join(',') + '\r\n').join('');
}

/**
 * The records of a file, without empty ones. Raises CsvError.
 * @param {string} text
 * @returns {Line[]}
 */
export function read(text) {
  const reader = new Reader(text.replace(/^\ufeff/, ''));
  return reader.lines().filter(({ cells }) => cells.some((cell) => cell.trim()));
}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.line = 1;
    this.separator = separatorOf(text);
  }

  lines() {
    /** @type {Line[]} */
    const lines = [];
    while (this.at < this.text.length) lines.push(this.#line());
    return lines;
  }

  /** @returns {Line} */
  #line() {
    const begin = this.line;
    const cells = [this.#cell(1)];
    while (this.text[this.at] === this.separator) {
      this.at += 1;
      cells.push(this.#cell(cells.length + 1));
    }
    if (this.text.startsWith('\r\n', this.at)) this.at += 1;
    this.at += 1;
    this.line += 1;
    return { line: begin, cells };
  }

  /** @param {number} column */
  #cell(column) {
    return unguarded(this.text[this.at] === '"' ? this.#quoted(column) : this.#plain(column));
  }

  /** @param {number} column */
  #plain(column) {
    const begin = this.at;
    while (this.at < this.text.length && ![this.separator, '\n', '\r'].includes(this.text[this.at])) this.at += 1;
    const text = this.text.slice(begin, this.at);
    if (text.includes('"')) {
      const words = 'A cell with quotation marks stands in quotation marks itself, each of them doubled: """text""".';
      throw new CsvError(words, this.line, column);
    }
    return text;
  }

  /** @param {number} column */
  #quoted(column) {
    const begin = this.line;
    let text = '';
    for (;;) {
      const end = this.text.indexOf('"', this.at + 1);
      if (end < 0) throw new CsvError('The quotation mark that opens this cell is never closed.', begin, column);
      text += this.text.slice(this.at + 1, end);
      this.at = end + 1;
      if (this.text[this.at] !== '"') break;
      text += '"';
    }
    this.line += text.split('\n').length - 1;
    if (this.at < this.text.length && ![this.separator, '\n', '\r'].includes(this.text[this.at])) {
      throw new CsvError('Something follows the quotation mark that ends this cell.', this.line, column);
    }
    return text.replaceAll('\r\n', '\n');
  }
}

/** The one that occurs most in the first line, outside of quotation marks. @param {string} text */
function separatorOf(text) {
  const first = text.replace(/"(?:[^"]|"")*"/g, '').split(/\r?\n/, 1)[0];
  const count = (/** @type {string} */ sign) => first.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
