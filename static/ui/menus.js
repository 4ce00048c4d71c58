/** Menus close at a click elsewhere and at Escape, which gives the focus back. */

/** @param {Document} document */
export function closeMenus(document) {
  const open = () => /** @type {HTMLDetailsElement | null} */ (document.querySelector('details.menu[open]'));
  document.addEventListener('click', (event) => {
    const menu = open();
    if (menu && !menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    const menu = open();
    if (event.key !== 'Escape' || !menu) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
}
