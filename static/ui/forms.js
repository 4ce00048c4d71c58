/** A form is sent once however often its button is pressed; Ctrl+Enter sends it; the first error has the focus. */

/** @param {Document} document */
export function guardForms(document) {
  document.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (event.defaultPrevented || form.method !== 'post') return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  window.addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) form.removeAttribute('data-sent');
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    const form = /** @type {Element} */ (event.target).closest('form');
    if (form?.method === 'post') form.requestSubmit();
  });
  /** @type {HTMLElement | null} */ (document.querySelector('[data-first-focus]'))?.focus();
}
