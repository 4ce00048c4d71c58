/** A decision table as lines of CSV, and back. Pure. */
import { CsvError } from './csv.js';

/** @typedef {{ inputs: string[], outputs: string[], description: string }} RuleTexts */

const ANNOTATION = 'Annotation';
const MOST_RULES = 2000; // so many rows take the browser some seconds

/** `Order total (total)`: the label, and what identifies the column. @param {any} clause */
export function headingOf(clause) {
  const own = clause.inputExpression ? clause.inputExpression.text : clause.name;
  return [clause.label, clause.label && own ? `(${own})` : own].filter(Boolean).join(' ') || clause.id;
}

/** The header, and a line for each rule. @param {any} table @returns {string[][]} */
export function linesOf(table) {
  const heading = [...(table.input ?? []), ...table.output].map(headingOf);
  const rules = (table.rule ?? []).map((/** @type {any} */ rule) => [
    ...(rule.inputEntry ?? []).map((/** @type {any} */ cell) => cell.text ?? ''),
    ...(rule.outputEntry ?? []).map((/** @type {any} */ cell) => cell.text ?? ''),
    rule.description ?? '',
  ]);
  return [[...heading, ANNOTATION], ...rules];
}

/**
 * The rules that a file holds for this table: columns in any order, found by their headings. Raises CsvError; nothing
 * is changed.
 * @param {any} table
 * @param {import('./csv.js').Line[]} lines
 * @returns {RuleTexts[]}
 */
export function rulesFrom(table, lines) {
  if (!lines.length) throw new CsvError('The file is empty. Its first line names the columns.', 1);
  const [heading, ...rest] = lines;
  const clauses = [...(table.input ?? []), ...table.output];
  const places = placesOf(clauses, heading);
  if (rest.length > MOST_RULES) {
    throw new CsvError(
      `There are more than ${MOST_RULES} rules, too many to edit here. Split the table.`,
      rest[MOST_RULES].line,
    );
  }
  return rest.map(({ line, cells }) => {
    if (cells.length !== heading.cells.length) {
      throw new CsvError(`There are ${cells.length} cells, and ${heading.cells.length} columns.`, line);
    }
    const texts = clauses.map((clause) => cells[/** @type {number} */ (places.get(clause))].trim());
    const note = places.get(ANNOTATION);
    const inputs = texts.slice(0, table.input?.length ?? 0);
    return { inputs, outputs: texts.slice(inputs.length), description: note === undefined ? '' : cells[note].trim() };
  });
}

/** Which cell belongs to which column. @param {any[]} clauses @param {import('./csv.js').Line} heading */
function placesOf(clauses, { line, cells }) {
  /** @type {Map<any, number>} */
  const places = new Map();
  cells.forEach((text, at) => {
    const found = columnCalled(text, clauses);
    if (!found) {
      const names = clauses.map((clause) => `“${headingOf(clause)}”`).join(', ');
      throw new CsvError(`There is no column “${text}”. The table has ${names} and “${ANNOTATION}”.`, line, at + 1);
    }
    if (places.has(found)) throw new CsvError(`The column “${text}” is there twice.`, line, at + 1);
    places.set(found, at);
  });
  const missing = clauses.find((clause) => !places.has(clause));
  if (missing) throw new CsvError(`The column “${headingOf(missing)}” is missing.`, line);
  return places;
}

/** By the whole heading, else by what only one column has: label, expression or name. @param {string} text @param {any[]} clauses */
function columnCalled(text, clauses) {
  const wanted = plain(text);
  const whole = clauses.filter((clause) => plain(headingOf(clause)) === wanted);
  if (whole.length === 1) return whole[0];
  const parts = clauses.filter((clause) =>
    [clause.label, clause.inputExpression?.text, clause.name].some((part) => part && plain(part) === wanted),
  );
  if (parts.length === 1) return parts[0];
  return wanted === plain(ANNOTATION) || wanted === 'annotations' ? ANNOTATION : null;
}

/** @param {string} text */
const plain = (text) => text.trim().replace(/\s+/g, ' ').toLowerCase();
