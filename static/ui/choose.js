/** Bulk: the box in the head chooses all rows, and the button says how many it will do. */

/** @param {Document} document */
export function chooseRows(document) {
  const all = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-choose-all]'));
  if (all) all.hidden = false;
  document.addEventListener('change', (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    const form = box.form;
    if (box.type !== 'checkbox' || !form?.querySelector('[data-bulk]')) return;
    if (box.hasAttribute('data-choose-all')) for (const one of boxes(form)) one.checked = box.checked;
    showCount(form);
  });
}

/** @param {HTMLFormElement} form */
function boxes(form) {
  return /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('tbody input[type="checkbox"]')]);
}

/** @param {HTMLFormElement} form */
function showCount(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('[data-bulk]'));
  button.dataset.none ??= button.textContent ?? '';
  const count = boxes(form).filter((box) => box.checked).length;
  const text = count === 1 ? button.dataset.one : button.dataset.many?.replace('#', String(count));
  button.textContent = count ? (text ?? '') : button.dataset.none;
}
