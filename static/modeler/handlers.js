/** What the server's handlers take, from their JSON schemas. Pure. */

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
 * @param {any[]} items of GET /api/v1/handlers
 * @returns {Handler[]}
 */
export function handlersFrom(items) {
  return (items ?? []).map((item) => {
    const schema = item.input ?? item.inputSchema ?? item.parameters ?? {};
    const required = new Set(schema.required ?? []);
    const inputs = Object.entries(schema.properties ?? {}).map(([name, about]) => ({
      name,
      type: typeOf(about),
      required: required.has(name),
    }));
    return { topic: item.topic, description: (item.description ?? '').trim(), inputs };
  });
}

/** @param {any} schema */
function typeOf(schema) {
  const types = (schema.anyOf ?? [schema])
    .map((/** @type {any} */ s) => s.type)
    .filter((/** @type {any} */ t) => t && t !== 'null');
  if (types.includes('number') && schema.anyOf) return 'number'; // an exact number may also come as text
  return WORDS[/** @type {keyof typeof WORDS} */ (types[0])] ?? 'value';
}
