/** Which rows of the page belong to an element of the diagram. Pure. */

/**
 * @template {{ dataset: DOMStringMap }} Row
 * @param {Row[]} rows
 * @param {string | null} elementId
 */
export function rowsAt(rows, elementId) {
  return elementId ? rows.filter((row) => row.dataset.element === elementId) : [];
}
