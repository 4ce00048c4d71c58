/**
 * How an island finds its place and its data: `<div id="x" data-island="name">` and
 * `<script type="application/json" id="x-data">`. What goes wrong is said in the place, never only in the console.
 */

/**
 * @param {HTMLElement} root
 * @returns {any}
 */
export function dataOf(root) {
  const holder = document.getElementById(`${root.id}-data`);
  return holder ? JSON.parse(holder.textContent || 'null') : {};
}

/**
 * Mount `start` on every root of this name; the root is `aria-busy` until it has finished.
 * @param {string} name
 * @param {(root: HTMLElement, data: any) => Promise<unknown>} start
 */
export function mountAll(name, start) {
  for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-island="${name}"]`))) {
    root.setAttribute('aria-busy', 'true');
    Promise.resolve()
      .then(() => start(root, dataOf(root)))
      .then((island) => {
        Object.assign(root, { island });
        root.removeAttribute('aria-busy');
        root.dispatchEvent(new CustomEvent('stellwerk:ready', { bubbles: true }));
      })
      .catch((error) => {
        root.removeAttribute('aria-busy');
        root.append(message(error));
        throw error;
      });
  }
}

/** @param {Error} error */
function message(error) {
  const box = document.createElement('p');
  box.className = 'island-error';
  box.setAttribute('role', 'alert');
  box.textContent = error.message;
  return box;
}
