/** What a deployment changes, in words. Pure. */

/**
 * @typedef {{ id: string, name: string, tag: string }} Difference
 * @typedef {object} Change
 * @property {string} key
 * @property {number | null} version the newest one so far
 * @property {boolean} same
 * @property {number} active instances in that version
 * @property {number} older instances in earlier ones
 * @property {Difference[]} added
 * @property {Difference[]} removed
 * @property {Difference[]} changed
 */

const MOST = 12; // names in one line

/** @param {Change} change @param {boolean} named */
export function titleOf({ key, version, same, added, removed, changed }, named) {
  const of = named ? `${key}: ` : '';
  if (version === null) return `${of}A new process`;
  if (same) return `${of}The same as version ${version}: it makes no new one`;
  if (!added.length && !removed.length && !changed.length)
    return `${of}Drawn anew; otherwise the same as version ${version}`;
  return `${of}Changes against version ${version}`;
}

/** @param {Change} change @returns {[string, string[]][]} */
export function listsOf({ version, added, removed, changed }) {
  if (version === null) return [];
  const lists = /** @type {[string, Difference[]][]} */ ([
    ['Added:', added],
    ['Removed:', removed],
    ['Changed:', changed],
  ]);
  return lists.filter(([, list]) => list.length).map(([words, list]) => [words, called(list)]);
}

/** By their names; what has none is counted by its kind: "3 sequence flows". @param {Difference[]} list */
function called(list) {
  const named = list.filter(({ id, name }) => id !== name).map(({ name, tag }) => `${name} (${kindOf(tag)})`);
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { id, name, tag } of list) if (id === name) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const counted = [...counts].map(([tag, count]) => `${count} ${kindOf(tag)}${count > 1 ? 's' : ''} without a name`);
  const shown = [...named, ...counted];
  return shown.length > MOST ? [...shown.slice(0, MOST), `and ${shown.length - MOST} more`] : shown;
}

/** @param {string} tag */
const kindOf = (tag) =>
  tag
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace('sub process', 'subprocess');

/** @param {Change} change @returns {string[]} */
export function runningOf({ version, same, active, older }) {
  if (version === null || same || !(active + older)) return [];
  const some = (/** @type {number} */ count) => `${count} ${count === 1 ? 'instance' : 'instances'}`;
  const parts = [
    ...(active ? [`${some(active)} in version ${version}`] : []),
    ...(older ? [`${some(older)} in earlier ones`] : []),
  ];
  return [`Running: ${parts.join(', ')}. Each stays on its version; on the page of the process you can move them.`];
}
