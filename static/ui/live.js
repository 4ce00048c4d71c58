/**
 * Keeps `[data-live]` regions as the server would show them now: the page asks for itself every few seconds (an ETag
 * tells whether anything is new) and puts in what changed. What is under the pointer or has the focus is not moved:
 * texts change in place at once, but rows come and go only when the reader has left the region.
 */
import { request } from '../api.js';
import { localTimes } from './times.js';

const FIRST_MS = 700; // what was just started or completed has often gone on by then
const QUICK_MS = 3000;
const SLOW_MS = 15_000;

/** @param {Document} document */
export function keepLive(document) {
  if (!document.querySelector('[data-live], [data-island="viewer"]')) return;
  new Live(document).wait(FIRST_MS);
}

class Live {
  /** @param {Document} document */
  constructor(document) {
    this.document = document;
    this.pause = QUICK_MS;
    /** @type {string | null} */
    this.etag = null;
    /** @type {Map<Element, Element>} regions that wait for the reader to leave, and what they will show */
    this.held = new Map();
    for (const name of ['pointerout', 'focusout'])
      document.addEventListener(name, () => setTimeout(() => this.release()));
  }

  /** @param {number} pause */
  wait(pause = this.pause) {
    setTimeout(() => this.ask(), pause);
  }

  async ask() {
    if (!this.document.hidden) await this.read().catch(() => this.slower());
    this.wait();
  }

  slower() {
    this.pause = Math.min(SLOW_MS, this.pause * 1.5);
  }

  async read() {
    const { body, etag } = await request('GET', location.href, { headers: { Accept: 'text/html' } });
    if (etag !== null && etag === this.etag) return this.slower();
    if (this.etag !== null) this.pause = QUICK_MS;
    this.etag = etag;
    this.show(new DOMParser().parseFromString(body, 'text/html'));
  }

  /** @param {Document} fresh */
  show(fresh) {
    for (const region of this.document.querySelectorAll('[data-live]')) {
      const next = fresh.getElementById(region.id);
      if (next) this.put(region, next);
    }
    for (const root of this.document.querySelectorAll('[data-island="viewer"]')) tell(root, fresh);
  }

  /**
   * @param {Element} region
   * @param {Element} next
   */
  put(region, next) {
    this.held.delete(region);
    localTimes(next);
    if (region.innerHTML === next.innerHTML) return;
    if (sameShape(region, next)) patch(region, next);
    else if (isUsed(region)) this.held.set(region, next);
    else region.replaceChildren(...next.childNodes);
  }

  release() {
    for (const [region, next] of this.held) if (!isUsed(region)) this.put(region, next);
  }
}

/** @param {Element} region */
function isUsed(region) {
  return region.matches(':hover') || region.matches(':focus-within') || Boolean(region.querySelector('input:checked'));
}

/**
 * Give a diagram its new state; its script keeps what was last shown.
 * @param {Element} root
 * @param {Document} fresh
 */
function tell(root, fresh) {
  const name = `${root.id}-data`;
  const [old, next] = [root.ownerDocument.getElementById(name), fresh.getElementById(name)];
  if (!old || !next || old.textContent === next.textContent) return;
  old.textContent = next.textContent;
  root.dispatchEvent(new CustomEvent('stellwerk:data', { detail: JSON.parse(next.textContent ?? 'null') }));
}

/** What an element leads to: when that differs, it is another one in the same place. */
const identity = (/** @type {Node} */ node) =>
  node instanceof Element ? ['href', 'action', 'value', 'id'].map((name) => node.getAttribute(name)).join(' ') : '';

/**
 * Whether two trees differ in nothing but texts and appearance: the same things in the same places.
 * @param {Node} a
 * @param {Node} b
 * @returns {boolean}
 */
export function sameShape(a, b) {
  if (a.nodeName !== b.nodeName || a.childNodes.length !== b.childNodes.length) return false;
  if (identity(a) !== identity(b)) return false;
  return [...a.childNodes].every((child, index) => sameShape(child, b.childNodes[index]));
}

/**
 * Make `a` say what `b` says; they have the same shape.
 * @param {Node} a
 * @param {Node} b
 */
export function patch(a, b) {
  if (a.nodeType === 3 && a.nodeValue !== b.nodeValue) a.nodeValue = b.nodeValue;
  if (a.nodeType === 1) patchAttributes(/** @type {Element} */ (a), /** @type {Element} */ (b));
  [...a.childNodes].forEach((child, index) => patch(child, b.childNodes[index]));
}

/**
 * @param {Element} a
 * @param {Element} b
 */
function patchAttributes(a, b) {
  if (a.matches('details')) b.toggleAttribute('open', a.hasAttribute('open')); // the reader's, not the server's
  for (const { name } of [...a.attributes]) if (!b.hasAttribute(name)) a.removeAttribute(name);
  for (const { name, value } of b.attributes) if (a.getAttribute(name) !== value) a.setAttribute(name, value);
}
