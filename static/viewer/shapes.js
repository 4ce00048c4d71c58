/** The signs of the diagram language: a shape and a number each, never colour alone. */

const ICONS = {
  person: '<circle cx="8" cy="5" r="3"/><path d="M2.5 14c0-3.2 2.4-5 5.5-5s5.5 1.8 5.5 5z"/>',
  timer:
    '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M8 4.4V8l2.6 1.8" fill="none" stroke="currentColor" stroke-width="1.8"/>',
  message:
    '<path d="M1.5 3.5h13v9h-13z" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M2 4l6 5 6-5" fill="none" stroke="currentColor" stroke-width="1.6"/>',
  job: '<path d="M8 1.2l1.1 1.9 2.1-.5.3 2.2 2.1.7-.8 2 1.4 1.7-1.9 1.1.2 2.2-2.2.1-.9 2-1.9-1.1-1.9 1.1-.9-2-2.2-.1.2-2.2L.8 9.2l1.4-1.7-.8-2 2.1-.7.3-2.2 2.1.5z"/><circle cx="8" cy="8" r="2.3" class="hole"/>',
  call: '<path d="M2 4h5v8h7M10.5 8.5 14 12l-3.5 3.5" fill="none" stroke="currentColor" stroke-width="1.8"/>',
  signal: '<path d="M8 2.2l6 11H2z" fill="none" stroke="currentColor" stroke-width="1.8"/>',
};

/** @param {string} reason */
export function icon(reason) {
  const shape = ICONS[/** @type {keyof typeof ICONS} */ (reason)];
  return shape ? `<svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">${shape}</svg>` : '';
}

const TRIANGLE = '<svg viewBox="0 0 24 22" aria-hidden="true"><path d="M12 1.2 23 20.6H1z"/></svg>';

/** @param {number} count */
export const tokenSign = (count) => `<span class="dv-token">${count > 999 ? '1k+' : count}</span>`;
/** @param {string} reason */
export const waitingSign = (reason) => `<span class="dv-waiting">${icon(reason)}</span>`;
/** @param {number} count */
export const incidentSign = (count) =>
  `<span class="dv-incident">${TRIANGLE}<b>${count > 99 ? '99' : count}</b></span>`;

/**
 * @param {import('./marks.js').Mark} mark
 * @param {string} label
 */
export function badge(mark, label) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'dv-mark';
  button.setAttribute('aria-label', label);
  button.title = label;
  button.innerHTML =
    (mark.tokens ? tokenSign(mark.tokens) : '') +
    mark.waitingFor.map(waitingSign).join('') +
    (mark.incidents ? incidentSign(mark.incidents) : '');
  return button;
}
