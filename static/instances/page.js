/** An instance: an element that is chosen in the diagram is marked in the lists, and a row shows its element. */
import { rowsAt } from './model.js';

const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-element]')]);

document.addEventListener('stellwerk:select', (event) => {
  const chosen = rowsAt(rows(), /** @type {CustomEvent} */ (event).detail.elementId);
  for (const row of rows()) row.classList.toggle('chosen', chosen.includes(row));
});

document.addEventListener('click', (event) => {
  const target = /** @type {Element} */ (event.target);
  const row = /** @type {HTMLElement | null} */ (target.closest('[data-element]'));
  if (!row || target.closest('a, button, summary, pre')) return;
  const detail = { elementId: row.dataset.element };
  document.querySelector('[data-island="viewer"]')?.dispatchEvent(new CustomEvent('stellwerk:focus', { detail }));
});
