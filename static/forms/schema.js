/** The schema as this product shows it: required is the default, so the optional fields say so. Pure. */

const ASKS = new Set(['textfield', 'textarea', 'number', 'select', 'radio', 'checklist', 'taglist', 'datetime']);
const HOLDS = new Set(['group', 'dynamiclist']);

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
  if (HOLDS.has(c.type)) return { ...c, components: listOf(c.components, texts) };
  const shown = corrected(c);
  if (!isOptional(c)) return shown;
  const label = labelOf(c);
  if (shown[label]?.startsWith('=')) return shown; // nothing may stand behind an expression
  return { ...shown, [label]: `${shown[label] ?? ''} ${texts.optional}`.trim() };
}

/** @param {any} c */
function isOptional(c) {
  return ASKS.has(c.type) && !c.validate?.required && !c.readonly && !c.disabled;
}

/** What holds the words above the input. @param {any} c */
function labelOf(c) {
  if (c.type !== 'datetime') return 'label';
  return c.subtype === 'time' ? 'timeLabel' : 'dateLabel';
}

/** What form-js would take otherwise than the diagram means it. @param {any} c @returns {any} */
function corrected(c) {
  if (c.type === 'datetime') return { ...c, [labelOf(c)]: c[labelOf(c)] || c.label || c.key };
  // A default is written as text in a diagram; form-js would send it as text.
  if (c.type === 'number' && typeof c.defaultValue === 'string' && !c.serializeToString) {
    return { ...c, defaultValue: c.defaultValue.trim() === '' ? null : Number(c.defaultValue) };
  }
  return c;
}

/** Whether a text is made by expressions: `=name`, `Hello {{name}}`. @param {string} text */
export function isTemplate(text) {
  return text.startsWith('=') || text.includes('{{');
}
