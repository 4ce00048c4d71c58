/** The language of a text in a diagram, in words. Pure. */

/**
 * What the engine takes it for: `=` begins FEEL, `${…}` is Camunda's; the rest is Python where only expressions can
 * stand, else a text.
 * @param {string} text
 * @param {string} type of the row
 * @returns {string} empty for no text
 */
export function languageOf(text, type) {
  const trimmed = text.trim();
  if (!trimmed) return '';
  if (trimmed.startsWith('=')) return 'FEEL';
  if (/[$#]\{/.test(trimmed)) return '${…}';
  if (type === 'expression') return 'Python';
  return type.startsWith('iso-') ? 'ISO 8601' : 'Text';
}
