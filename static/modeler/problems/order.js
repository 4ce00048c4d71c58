/** Problems as they are shown: errors first, each once, by element. Pure. */

const RANK = { error: 0, warning: 1, info: 2 };

/** @typedef {import('../../api.js').FileProblem} FileProblem */

/** @typedef {FileProblem & { at: string | null, place: string | null }} Placed a problem, and where it is drawn */

/** @param {FileProblem[]} problems @returns {FileProblem[]} */
export function ordered(problems) {
  const seen = new Set();
  const once = problems.filter((p) => {
    const key = `${p.elementId}\n${p.rule}\n${p.message}`;
    return !seen.has(key) && seen.add(key);
  });
  return once.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** By the drawn element. @param {Placed[]} problems @returns {Map<string, Placed[]>} */
export function byElement(problems) {
  /** @type {Map<string, Placed[]>} */
  const map = new Map();
  for (const problem of problems) {
    if (problem.at) map.set(problem.at, [...(map.get(problem.at) ?? []), problem]);
  }
  return map;
}

/** "2 errors, 1 warning" @param {FileProblem[]} problems */
export function summary(problems) {
  const count = (/** @type {string} */ severity) => problems.filter((p) => p.severity === severity).length;
  const say = (/** @type {number} */ number, /** @type {string} */ word) =>
    number ? [`${number} ${word}${number > 1 ? 's' : ''}`] : [];
  const parts = [...say(count('error'), 'error'), ...say(count('warning'), 'warning'), ...say(count('info'), 'note')];
  return parts.join(', ') || 'No problems';
}
