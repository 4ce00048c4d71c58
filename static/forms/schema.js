/** The schema as this product shows it: required is the default, so the optional fields say so. Pure. */

const ASKS = new Set(['textfield', 'textarea', 'number', 'select', 'radio', 'datetime']);

/**
 * @param {any} schema form-js
 * @param {{ optional: string }} texts
 */
export function prepared(schema, texts) {
  return { ...schema, components: listOf(schema.components, texts) };
}

/**
 * @param {any[]} components
 * @param {{ optional: string }} texts
 * @returns {any[]}
 */
function listOf(components, texts) {
  // The page has the submit button, with the task's name.
  return (components ?? []).filter((c) => c.type !== 'button').map((c) => component(c, texts));
}

/**
 * @param {any} c
 * @param {{ optional: string }} texts
 * @returns {any}
 */
function component(c, texts) {
  if (c.type === 'group') return { ...c, components: listOf(c.components, texts) };
  if (!ASKS.has(c.type) || c.validate?.required || c.readonly || c.disabled) return c;
  const label = c.type === 'datetime' ? 'dateLabel' : 'label';
  return { ...c, [label]: `${c[label] ?? ''} ${texts.optional}`.trim() };
}
