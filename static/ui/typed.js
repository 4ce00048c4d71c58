/**
 * The rules of the typed variable editor, as the server has them (web/pages/typed.py): the page says early what the
 * server would refuse. Pure.
 */

const NUMBER = /^[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})(e[+-]?\d{1,3})?$/i;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/**
 * @param {string} type text, number, yes-no, date or json
 * @param {string} text
 * @returns {boolean} whether the text is a value of the type
 */
export function fits(type, text) {
  if (type === 'number') return NUMBER.test(text.trim());
  if (type === 'json') return isJson(text);
  return true; // dates and yes or no have controls that cannot hold anything else
}

/** @param {string} name */
export function isName(name) {
  return NAME.test(name);
}

/**
 * What of a row the server would refuse; an empty row is left out.
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function wrongIn(name, type, text) {
  if (!name && !text) return { name: false, value: false };
  return { name: name !== '' && !isName(name), value: !fits(type, text) };
}

/**
 * The kind of control that a type is edited with.
 * @param {string} type
 */
export function controlOf(type) {
  if (type === 'json') return 'textarea';
  return type === 'yes-no' ? 'select' : 'input';
}

/** @param {string} text */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
