/** A task's variable editor keeps what was typed through a reload, a lost session, or a look at another page. */
import { rowsOf, sameRows } from './model.js';

const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-task]'));
const editor = /** @type {any} */ (form?.querySelector('[data-typed]'));
if (form && editor) keepTyped(form, `typed:${form.action}`);

/**
 * @param {HTMLFormElement} form
 * @param {string} key
 */
function keepTyped(form, key) {
  const kept = sessionStorage.getItem(key);
  const refused = document.querySelector('main [role="alert"]'); // then the server has shown it already
  const shown = rowsOf(new FormData(form));
  if (kept && !refused && !sameRows(JSON.parse(kept), shown))
    editor.dispatchEvent(new CustomEvent('typed:fill', { detail: JSON.parse(kept) }));
  for (const name of ['input', 'change', 'click'])
    form.addEventListener(name, () => sessionStorage.setItem(key, JSON.stringify(rowsOf(new FormData(form)))));
}
