/** A severity as a sign: shape and colour. */
import { h } from '../panel/dom.js';

const SIGNS = {
  error: '<path d="M8 1.5 15 14H1z"/>',
  warning: '<path d="M8 2 14 8l-6 6-6-6z"/>',
  info: '<circle cx="8" cy="8" r="6"/>',
  none: '<path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="2"/>',
};

/** @param {keyof typeof SIGNS} severity */
export function sign(severity) {
  const element = h('span', { className: `md-sign md-${severity}` });
  element.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true">${SIGNS[severity]}</svg>`;
  return element;
}

/** Of problems in their order, the worst comes first. @param {import('../../api.js').FileProblem[]} problems */
export const worst = (problems) => problems[0]?.severity ?? 'none';
