/** A click on `[data-copy]` copies its text, and says so for a moment. */

/** @param {Document} document */
export function copyOnClick(document) {
  document.addEventListener('click', async (event) => {
    const button = /** @type {Element} */ (event.target).closest('[data-copy]');
    if (!button) return;
    await copy(document, button.getAttribute('data-copy') ?? '');
    button.classList.add('copied');
    setTimeout(() => button.classList.remove('copied'), 1500);
  });
}

/**
 * @param {Document} document
 * @param {string} text
 */
async function copy(document, text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without https elsewhere than loopback browsers offer only this.
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}
