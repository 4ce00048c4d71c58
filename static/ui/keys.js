/** The keyboard: / and Ctrl+K search, g and a letter goes, j k x c work in lists, ? shows all of it. */

const GO_MS = 1500;

/** @param {Document} document */
export function startKeys(document) {
  const sheet = /** @type {HTMLDialogElement | null} */ (document.querySelector('#keys'));
  const entry = /** @type {HTMLElement | null} */ (document.querySelector('[data-open-keys]'));
  if (entry) entry.hidden = false;
  entry?.addEventListener('click', () => sheet?.showModal());

  const deeds = {
    '/': () => search(document),
    '?': () => sheet?.showModal(),
    j: () => step(document, 1),
    k: () => step(document, -1),
    Enter: () => openFirst(document),
    x: () => press(document, 'tbody input[type="checkbox"]'),
    c: () => press(document, '[data-key="c"]') || press(document.body, '[data-key="c"]', true),
  };
  let going = -Infinity; // when g was pressed
  document.addEventListener('keydown', (event) => {
    if (event.key === 'k' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      search(document);
      return;
    }
    if (!isFree(event)) return;
    if (event.timeStamp - going < GO_MS) {
      going = -Infinity;
      return go(document, event);
    }
    if (event.key === 'g') going = event.timeStamp;
    const deed = deeds[/** @type {keyof typeof deeds} */ (event.key)];
    if (deed && deed() !== false) event.preventDefault();
  });
}

/**
 * Whether the key is nobody else's: no field, no open layer, no editor, no modifier.
 * @param {KeyboardEvent} event
 */
function isFree(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key === 'Enter' && target.closest('a, button, summary')) return false;
  if (target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable], dialog[open]')) return false;
  return !document.querySelector('[data-island="modeler"]');
}

/** @param {Document} document */
function search(document) {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector('#find'));
  field?.focus();
  field?.select();
}

/**
 * @param {Document} document
 * @param {KeyboardEvent} event
 */
function go(document, event) {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(`[data-go="${CSS.escape(event.key)}"]`));
  if (!link) return;
  event.preventDefault();
  link.click();
}

/** @param {Document} document */
function links(document) {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-list] tr.row a.open')]);
}

/** @param {Document} document */
function currentRow(document) {
  return document.activeElement?.closest('tr.row') ?? null;
}

/**
 * @param {Document} document
 * @param {number} by
 */
function step(document, by) {
  const all = links(document);
  if (!all.length) return false;
  const here = all.findIndex((link) => link.closest('tr') === currentRow(document));
  const next = here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by));
  all[next].focus();
  all[next].scrollIntoView({ block: 'nearest' });
  return true;
}

/** @param {Document} document */
function openFirst(document) {
  const first = /** @type {HTMLElement | null} */ (document.querySelector('[data-enter-opens-first] a.open'));
  if (!first) return false;
  first.click();
  return true;
}

/**
 * Press what the current row offers for a key; on a page without rows, what the page offers.
 * @param {Document | HTMLElement} root
 * @param {string} selector
 * @param {boolean} [anywhere]
 */
function press(root, selector, anywhere = false) {
  const row = currentRow(document);
  const place = anywhere && !document.querySelector('[data-list]') ? root : row;
  const button = /** @type {HTMLElement | null | undefined} */ (place?.querySelector(selector));
  button?.click();
  return Boolean(button);
}
