/**
 * The page's form and the island inside it: the page submits as pages do, with the island's values in its hidden input.
 * @param {HTMLFormElement} page
 * @param {import('./form.js').FormView} view
 * @param {import('./draft.js').Draft} draft
 */
export function takeOver(page, view, draft) {
  const hidden = /** @type {HTMLInputElement} */ (page.elements.namedItem('variables'));
  const button = /** @type {HTMLButtonElement | null} */ (
    page.querySelector('button:not([type="button"]):not([formnovalidate])')
  );
  let sending = false;
  let ready = false; // the values are in the hidden input: let the browser go on

  page.addEventListener('submit', async (event) => {
    if (event.target !== page || ready) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    const submitter = event.submitter;
    await view.settle();
    const ends = /** @type {HTMLButtonElement | null} */ (submitter)?.formNoValidate; // with what is filled in so far
    if (!ends) await view.compute();
    const errors = ends ? [] : view.validate();
    view.showErrors(errors, { focus: errors.length > 0 });
    sending = false;
    if (errors.length) return;
    const values = ends ? filledIn(view.values()) : view.values();
    hidden.value = JSON.stringify(values);
    draft.write(values, { submitted: true });
    ready = true;
    page.requestSubmit(submitter);
    sending = true; // until the next page is there, a second click does nothing
  });

  window.addEventListener('pageshow', (event) => {
    if (event.persisted) ready = sending = false;
  });
  view.onEnter = () => page.requestSubmit(button);
  page.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      page.requestSubmit(button);
    }
  });
  if (button) catchMovedClicks(button);
}

/**
 * Without the fields that are empty: they would say that there is nothing.
 * @param {Record<string, unknown>} values
 */
function filledIn(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ''));
}

/**
 * Pressing the button leaves the field that had the focus; its error comes or goes, the page moves, and the button is
 * let go beside itself: the browser sees no click. Whoever pressed and let go at the same place has clicked.
 * @param {HTMLButtonElement} button
 */
function catchMovedClicks(button) {
  /** @type {{ x: number, y: number } | null} */
  let pressed = null;
  let clicked = false;
  button.addEventListener('pointerdown', (event) => {
    if (event.button === 0) [pressed, clicked] = [{ x: event.clientX, y: event.clientY }, false];
  });
  button.addEventListener('click', () => (clicked = true));
  document.addEventListener('pointercancel', () => (pressed = null));
  document.addEventListener('pointerup', (event) => {
    if (!pressed) return;
    const stayed = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < 10;
    pressed = null;
    setTimeout(() => stayed && !clicked && button.click());
  });
}
