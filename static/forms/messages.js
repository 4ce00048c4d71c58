/** form-js's own sentences in this product's words; a message that a form brings itself stays. Pure. */

const RULES = [
  [/^Field is required\.$/, (/** @type {any} */ texts, /** @type {string} */ type) => requiredOf(texts, type)],
  [/^Value is not a number\.$/, (/** @type {any} */ texts) => texts.notANumber],
];

/**
 * @param {any} texts
 * @param {string} type
 */
function requiredOf(texts, type) {
  if (type === 'checkbox') return texts.requiredTick;
  return ['select', 'radio', 'checklist', 'taglist'].includes(type) ? texts.requiredChoice : texts.required;
}

/**
 * @param {string} message
 * @param {string} type the component's
 * @param {any} texts
 */
export function inOurWords(message, type, texts) {
  for (const [pattern, words] of RULES) {
    if (/** @type {RegExp} */ (pattern).test(message)) return /** @type {Function} */ (words)(texts, type);
  }
  return message
    .replace(/^Field must have minimum value of (.*)\.$/, 'Must be at least $1.')
    .replace(/^Field must have maximum value of (.*)\.$/, 'May be at most $1.')
    .replace(/^Field must have minimum length of (.*)\.$/, 'Must have at least $1 characters.')
    .replace(/^Field must have maximum length of (.*)\.$/, 'May have at most $1 characters.')
    .replace(/^Value is expected to be an integer\.$/, 'Must be a whole number.')
    .replace(
      /^Value is expected to have at most (\d+) decimal digits?\.$/,
      'May have at most $1 digits after the point.',
    )
    .replace(/^Field must match pattern (.*)\.$/, 'Must have the form $1.')
    .replace(/^Field must be a valid email\.$/, 'Must be an e-mail address, for example name@example.com.')
    .replace(
      /^Field must be a valid {2}?international phone number\..*$/,
      'Must be an international phone number, for example +4930664040900.',
    );
}
