/** Findings for people who draw: what nobody has named yet is called by its kind, not by an id that the canvas made up. Pure. */

const MADE_UP = /'([A-Z]\w*_[0-9a-z]{7})'/g;
const KIND = /\b(task|event|gateway|subprocess|activity|link|flow|transaction|process|object|store|association)\s$/i;

/** "service task" @param {any} bo @returns {string} */
export function kindOf(bo) {
  const words = bo.$type
    .slice(5)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.replace('ad hoc sub process', 'ad-hoc subprocess').replace('sub process', 'subprocess');
}

/**
 * @param {string} message
 * @param {(id: string) => any} find the object with an id
 * @returns {string}
 */
export function readable(message, find) {
  return message.replace(MADE_UP, (quoted, id, at) => {
    const object = find(id);
    if (!object || object.name) return quoted;
    if (KIND.test(message.slice(0, at))) return 'without a name';
    return `${at ? 'the' : 'The'} ${kindOf(object)} without a name`;
  });
}

/**
 * What is said twice is said once: no token reaches an element to which no flow leads.
 * @template {{ elementId: string | null, rule: string }} P
 * @param {P[]} problems
 * @returns {P[]}
 */
export function folded(problems) {
  const unconnected = new Set(problems.filter((p) => p.rule === 'incoming-missing').map((p) => p.elementId));
  return problems.filter((p) => p.rule !== 'unreachable' || !unconnected.has(p.elementId));
}
