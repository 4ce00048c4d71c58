/** What the server's handlers take, as `GET /api/v1/handlers` describes them. Pure. */

/**
 * @typedef {object} Handler
 * @property {string} topic
 * @property {string} description
 * @property {{ name: string, type: string, required: boolean }[]} inputs
 */

const WORDS = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'yes or no',
  array: 'list',
  object: 'object',
};

/**
 * @param {any[]} items
 * @returns {Handler[]}
 */
export function handlersFrom(items) {
  return (items ?? []).map(({ topic, description, parameters }) => ({
    topic,
    description: (description ?? '').trim(),
    inputs: (parameters ?? []).map((/** @type {any} */ { name, required, schema }) => ({
      name,
      type: typeOf(schema ?? {}),
      required: Boolean(required),
    })),
  }));
}

/** @param {any} schema */
function typeOf(schema) {
  const types = (schema.anyOf ?? [schema])
    .map((/** @type {any} */ s) => s.type)
    .filter((/** @type {any} */ t) => t && t !== 'null');
  if (types.includes('number') && schema.anyOf) return 'number'; // an exact number may also come as text
  return WORDS[/** @type {keyof typeof WORDS} */ (types[0])] ?? 'value';
}
