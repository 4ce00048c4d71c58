/** The key by which a process is started, made from its name. Pure. */

const LETTERS = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'o', å: 'a' };

/** @param {string} name */
export function keyFrom(name) {
  const plain = name
    .toLowerCase()
    .replace(/[äöüßæøå]/g, (letter) => LETTERS[/** @type {keyof typeof LETTERS} */ (letter)])
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
  const key = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return /^[a-z]/.test(key) ? key.slice(0, 60) : key ? `process_${key}`.slice(0, 60) : 'new_process';
}

/**
 * Whether the key still follows the name: nothing is deployed under it, and nobody gave it another one.
 * @param {{ key: string, name: string, deployed: boolean }} process
 */
export function follows({ key, name, deployed }) {
  return !deployed && (key === keyFrom(name) || key === 'new_process' || /^Process_/.test(key));
}
