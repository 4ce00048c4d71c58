/** What somebody typed into a task's variable editor, as text that can be kept. Pure. */

/** @typedef {{ name: string, type: string, value: string }} Row */

/**
 * @param {FormData} data
 * @returns {Row[]}
 */
export function rowsOf(data) {
  const [names, types, values] = ['name', 'type', 'value'].map((field) => data.getAll(field).map(String));
  return names.map((name, index) => ({ name, type: types[index], value: values[index] }));
}

/**
 * @param {Row[]} a
 * @param {Row[]} b
 */
export function sameRows(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
