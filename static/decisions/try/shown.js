/** Values of an answer as people read them. Pure. */

/** @param {any} value @returns {string} */
export function textOf(value) {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.length ? `[${value.map(quoted).join(', ')}]` : '[]';
  return `{${Object.entries(value)
    .map(([name, inner]) => `${name}: ${quoted(inner)}`)
    .join(', ')}}`;
}

/** @param {any} value */
const quoted = (value) => (typeof value === 'string' ? JSON.stringify(value) : textOf(value));

/** A context as lines of name and value; anything else as one without a name. @param {any} value @returns {[string, string][]} */
export function linesOf(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [['', textOf(value)]];
  return Object.entries(value).map(([name, inner]) => [name, textOf(inner)]);
}

/**
 * The rules of one evaluation of a table: "Rule 2", "Rules 1 and 3", "No rule".
 * @param {number[]} rules
 */
export function rulesIn(rules) {
  if (!rules.length) return 'No rule matched';
  if (rules.length === 1) return `Rule ${rules[0]}`;
  return `Rules ${rules.slice(0, -1).join(', ')} and ${rules.at(-1)}`;
}
