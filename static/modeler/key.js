/** Keys of processes and decisions, and names of variables, made from what people call them. Pure. */

const LETTERS = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'o', å: 'a' };

/** Words of Python that a label may be: an expression cannot use them as names. */
const WORDS = new Set(
  (
    'and as assert async await break class continue def del elif else except false finally for from global if ' +
    'import in is lambda none nonlocal not or pass raise return true try while with yield'
  ).split(' '),
);

/** A variable that expressions can name, or nothing where the text has no Latin letters. @param {string} text */
export function variableFrom(text) {
  const name = nameFrom(text);
  return WORDS.has(name) ? `${name}_` : name;
}

/** @param {string} text */
function nameFrom(text) {
  const plain = text
    .toLowerCase()
    .replace(/[äöüßæøå]/g, (letter) => LETTERS[/** @type {keyof typeof LETTERS} */ (letter)])
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
  const name = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return (/^[0-9]/.test(name) ? `_${name}` : name).slice(0, 60);
}

/** @param {string} name @param {'process' | 'decision'} kind */
export function keyFrom(name, kind = 'process') {
  const key = nameFrom(name);
  return key.startsWith('_') ? `${kind}${key}`.slice(0, 60) : key || `new_${kind}`;
}

/**
 * Whether the key still follows the name: nothing is deployed under it, and nobody gave it another one.
 * @param {{ key: string, name: string, deployed: boolean }} process
 * @param {'process' | 'decision'} kind
 */
export function follows({ key, name, deployed }, kind = 'process') {
  const made = [keyFrom(name, kind), `new_${kind}`];
  const byTheCanvas = kind === 'process' ? /^Process_/ : /^Decision_/;
  return !deployed && (made.includes(key) || byTheCanvas.test(key));
}
