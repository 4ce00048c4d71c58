/** Values inside of values, by paths such as `['rows', 0, 'amount']`. Pure. */

/** @param {any} data @param {(string | number)[]} path @returns {any} */
export function valueAt(data, path) {
  return path.reduce((at, part) => at?.[part], data);
}

/**
 * Set it; objects that are missing around it are made.
 * @param {any} data
 * @param {(string | number)[]} path
 * @param {unknown} value
 */
export function setAt(data, path, value) {
  path.slice(0, -1).forEach((part, at) => {
    data[part] ??= typeof path[at + 1] === 'number' ? [] : {};
    data = data[part];
  });
  data[/** @type {string | number} */ (path.at(-1))] = value;
}

/** A path as the server names it: `rows[0].amount`. @param {(string | number)[]} path */
export function placeOf(path) {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at ? `.${part}` : part)).join('');
}

/**
 * What was kept of a form, over what it was opened with: objects and rows keep what the form does not ask for.
 * @param {any} data
 * @param {any} kept
 * @returns {any}
 */
export function merged(data, kept) {
  if (Array.isArray(kept)) return kept.map((item, at) => merged(Array.isArray(data) ? data[at] : undefined, item));
  if (!isObject(kept) || !isObject(data)) return kept;
  const inner = Object.entries(kept).map(([key, value]) => [key, merged(data[key], value)]);
  return { ...data, ...Object.fromEntries(inner) };
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
