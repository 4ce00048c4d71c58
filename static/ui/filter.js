/** A list's filter row is sent while somebody types, once they pause; the field keeps the focus and its cursor. */

const PAUSE_MS = 350;

/** @param {Document} document */
export function filterWhileTyping(document) {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-filter]'));
  const field = /** @type {HTMLInputElement | null | undefined} */ (form?.querySelector('input[type="search"]'));
  if (!form || !field) return;
  let timer = 0;
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      sessionStorage.setItem('filtering', location.pathname);
      form.requestSubmit();
    }, PAUSE_MS);
  });
  if (sessionStorage.getItem('filtering') === location.pathname) {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }
  sessionStorage.removeItem('filtering');
}
