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
  const shown = corrected(c);
  if (!isOptional(c)) return shown;
  const label = c.type === 'datetime' ? 'dateLabel' : 'label';
  return { ...shown, [label]: `${shown[label] ?? ''} ${texts.optional}`.trim() };
}

/** @param {any} c */
function isOptional(c) {
  return ASKS.has(c.type) && !c.validate?.required && !c.readonly && !c.disabled;
}

/** What form-js would take otherwise than the diagram means it. @param {any} c @returns {any} */
function corrected(c) {
  if (c.type === 'datetime') return { ...c, dateLabel: c.dateLabel || c.label || c.key };
  // A default is written as text in a diagram; form-js would send it as text.
  if (c.type === 'number' && typeof c.defaultValue === 'string' && !c.serializeToString) {
    return { ...c, defaultValue: c.defaultValue.trim() === '' ? null : Number(c.defaultValue) };
  }
  return c;
}
