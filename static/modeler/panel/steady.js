/**
 * Makes a page part anew without losing what somebody is just doing to it. Leaving a field changes the diagram, and the
 * part is made anew: between the press of a mouse button and its release that would take away what is being clicked. So
 * nothing moves while a button is down; what is clicked or chosen then happens to its successor, which knows the change.
 */
export class Steady {
  /**
   * @param {HTMLElement} host
   * @param {() => void} render
   */
  constructor(host, render) {
    this.host = host;
    this.render = render;
    this.pressed = false;
    this.stale = false;
    host.addEventListener('pointerdown', () => (this.pressed = true));
    for (const end of ['pointerup', 'pointercancel']) document.addEventListener(end, () => this.#released());
    for (const deed of ['click', 'change']) host.addEventListener(deed, (event) => this.#redirect(event), true);
    host.addEventListener('focusin', (event) => this.#ask(/** @type {HTMLElement} */ (event.target)));
    host.addEventListener('focusout', () => this.later(this.stale));
  }

  /** Make it anew soon. @param {boolean} [needed] */
  later(needed = true) {
    if (!needed) return;
    this.stale = true;
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      if (this.stale && !this.#isHeld()) this.now();
    });
  }

  now() {
    this.stale = false;
    this.render();
    const focus = document.activeElement;
    if (focus && this.host.contains(focus)) this.#ask(/** @type {HTMLElement} */ (focus));
  }

  /** An open list of choices would close. */
  #isHeld() {
    const focus = document.activeElement;
    return this.pressed || (this.chosen && focus === this.chosen && this.host.contains(focus));
  }

  #released() {
    if (!this.pressed) return;
    // The click comes after the release; a list that was opened stays until something is chosen, or it is left.
    setTimeout(() => {
      this.pressed = false;
      const focus = document.activeElement;
      this.chosen = focus?.matches('select') ? focus : null;
      if (this.asked) this.#ask(this.asked);
      this.later(this.stale);
    });
  }

  /** @param {Event} event */
  #redirect(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const key = target.closest('[data-key]')?.getAttribute('data-key');
    const isText = target.matches('textarea, input:not([type=checkbox])');
    if (!this.stale || !key || isText) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    const value = /** @type {HTMLSelectElement} */ (target).value;
    this.now();
    const successor = /** @type {any} */ (this.host.querySelector(`[data-key="${CSS.escape(key)}"]`));
    if (event.type === 'click') return void successor?.click();
    if (successor?.matches('select')) successor.value = value;
    successor?.dispatchEvent(new Event('change'));
  }

  /** The help of the entry with the focus shows; it would push away what is being clicked. @param {HTMLElement} target */
  #ask(target) {
    this.asked = target;
    if (this.pressed) return;
    const entry = target.closest('.mp-entry');
    for (const other of this.host.querySelectorAll('.is-asked')) other.classList.toggle('is-asked', other === entry);
    entry?.classList.add('is-asked');
  }
}
