/** Simple conditions: a variable, an operator, a value; written as FEEL and read back from it. Pure. */

/**
 * @typedef {object} Condition
 * @property {string} variable a name, or a path such as `order.total`
 * @property {string} operator the first of an entry of OPERATORS
 * @property {string} value as somebody types it; empty where the operator needs none
 */

/** The operators and their words; those of the last four have no value. @type {[string, string][]} */
export const OPERATORS = [
  ['=', 'is'],
  ['!=', 'is not'],
  ['<', 'is less than'],
  ['<=', 'is at most'],
  ['>', 'is more than'],
  ['>=', 'is at least'],
  ['in', 'is one of'],
  ['true', 'is true'],
  ['not true', 'is not true'],
  ['null', 'has no value'],
  ['not null', 'has a value'],
];

const PATH = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;
/** What FEEL takes for something else than a name. */
const TAKEN =
  /^(null|true|false|not|and|or|if|then|else|for|in|some|every|return|satisfies|between|function|instance)$/;
const NUMBER = /^-?(\d+(\.\d+)?|\.\d+)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const LITERAL = String.raw`-?(?:\d+(?:\.\d+)?|\.\d+)|"(?:[^"\\]|\\["\\])*"|date\("\d{4}-\d{2}-\d{2}"\)`;
const COMPARISON = new RegExp(`^(\\S+)\\s*(!=|<=|>=|<|>|=)\\s*(${LITERAL})$`, 'u');
const CHOICE = new RegExp(`^(\\S+)\\s+in\\s*\\(\\s*((?:${LITERAL})(?:\\s*,\\s*(?:${LITERAL}))*)\\s*\\)$`, 'u');
const LITERALS = new RegExp(LITERAL, 'gu');
/** Texts after the variable that stand for an operator without a value. @type {[string, RegExp][]} */
const FIXED = [
  ['true', /^(\S+)\s*=\s*true$/u],
  ['not true', /^(\S+)\s*!=\s*true$/u],
  ['null', /^(\S+)\s*=\s*null$/u],
  ['not null', /^(\S+)\s*!=\s*null$/u],
];

/** @param {string} operator */
export const needsValue = (operator) => OPERATORS.findIndex(([one]) => one === operator) < 7;

/** Whether FEEL can name it as it stands. @param {string} text */
export const isPath = (text) => PATH.test(text) && !text.split('.').some((part) => TAKEN.test(part));

/**
 * The FEEL text, or nothing while something is missing.
 * @param {Condition} condition
 * @returns {string}
 */
export function conditionText({ variable, operator, value }) {
  const name = variable.trim();
  if (!isPath(name)) return '';
  if (!needsValue(operator)) {
    const [not, what] = operator.startsWith('not ') ? ['!', operator.slice(4)] : ['', operator];
    return `=${name} ${not}= ${what}`;
  }
  if (!value.trim()) return '';
  if (operator !== 'in') return `=${name} ${operator} ${literal(value)}`;
  const choices = value.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  const written = choices.map((choice) => choice.trim()).filter(Boolean);
  return written.length ? `=${name} in (${written.map(literal).join(', ')})` : '';
}

/**
 * What a text says, where it is one of those that `conditionText` writes; an empty text is a condition that nobody wrote.
 * @param {string} text
 * @returns {Condition | null}
 */
export function readCondition(text) {
  const trimmed = text.trim();
  if (!trimmed) return { variable: '', operator: '=', value: '' };
  if (!trimmed.startsWith('=')) return null;
  const found = readFixed(trimmed.slice(1).trim()) ?? readValue(trimmed.slice(1).trim());
  return found && isPath(found.variable) ? found : null;
}

/** @param {string} text @returns {Condition | null} */
function readFixed(text) {
  for (const [operator, pattern] of FIXED) {
    const found = pattern.exec(text);
    if (found) return { variable: found[1], operator, value: '' };
  }
  return null;
}

/** @param {string} text @returns {Condition | null} */
function readValue(text) {
  const compared = COMPARISON.exec(text);
  if (compared) return { variable: compared[1], operator: compared[2], value: typed(compared[3]) };
  const chosen = CHOICE.exec(text);
  if (!chosen) return null;
  const choices = (chosen[2].match(LITERALS) ?? []).map(typed);
  return { variable: chosen[1], operator: 'in', value: choices.join(', ') };
}

/** As FEEL has it: numbers and dates as such, everything else a text. @param {string} value */
function literal(value) {
  const text = value.trim();
  if (NUMBER.test(text)) return text;
  if (DATE.test(text)) return `date("${text}")`;
  if (/^"(?:[^"\\]|\\.)*"$/.test(text)) return text;
  return `"${text.replace(/(["\\])/g, '\\$1')}"`;
}

/** As somebody types it; in quotes only what else would be taken for something else. @param {string} written */
function typed(written) {
  if (written.startsWith('date(')) return written.slice(6, -2);
  if (!written.startsWith('"')) return written;
  const text = written.slice(1, -1).replace(/\\(["\\])/g, '$1');
  return literal(text) === written && !/[,]/.test(text) ? text : written;
}
