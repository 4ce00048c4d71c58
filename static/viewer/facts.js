import { describe } from './marks.js';

/**
 * @typedef {object} Facts
 * @property {string} name
 * @property {string} type
 * @property {[string, string, string?][]} lines label, value, and perhaps where it leads
 * @property {import('./marks.js').Mark | undefined} mark
 * @property {{ words: string, href: string } | undefined} action what somebody can do about it
 * @property {boolean} done
 * @property {{ x: number, y: number, width: number, height: number }} box where the element is, in the canvas
 */

/** What is known of one element, beside it. */
export class FactsBox {
  /**
   * @param {HTMLElement} root
   * @param {Record<string, string>} texts
   */
  constructor(root, texts) {
    this.root = root;
    this.texts = texts;
    this.box = document.createElement('div');
    this.box.className = 'dv-facts';
    this.box.setAttribute('role', 'status');
    this.box.hidden = true;
    root.append(this.box);
  }

  close() {
    this.box.hidden = true;
  }

  /** @param {Facts} facts */
  show(facts) {
    const title = text('strong', facts.name);
    const type = text('span', facts.type);
    this.box.replaceChildren(title, type, this.#state(facts), ...(facts.mark?.messages ?? []).map(incident));
    if (facts.lines.length) this.box.append(list(facts.lines));
    if (facts.action) this.box.append(action(facts.action));
    this.box.hidden = false;
    this.#place(facts.box);
  }

  /** @param {Facts} facts */
  #state({ mark, done }) {
    const words = mark ? describe(mark, '', this.texts).slice(2) : done ? this.texts.done : this.texts.notReached;
    return text('p', words);
  }

  /** Below the element, or above it where there is no room; always inside the diagram. @param {Facts['box']} box */
  #place(box) {
    const { clientWidth, clientHeight } = this.root;
    const { offsetWidth, offsetHeight } = this.box;
    const below = box.y + box.height + 8;
    const fits = below + offsetHeight < clientHeight - 32;
    const top = fits ? below : Math.max(8, box.y - offsetHeight - 16);
    const left = Math.min(Math.max(8, box.x), Math.max(8, clientWidth - offsetWidth - 8));
    this.box.style.setProperty('inset', `${top}px auto auto ${left}px`);
  }
}

/**
 * @param {string} tag
 * @param {string} words
 */
function text(tag, words) {
  const element = document.createElement(tag);
  element.textContent = words;
  return element;
}

/** @param {string} words */
function incident(words) {
  const element = text('p', words);
  element.className = 'dv-facts-incident';
  return element;
}

/** @param {[string, string, string?][]} lines */
function list(lines) {
  const element = document.createElement('dl');
  for (const [label, value, href] of lines)
    element.append(text('dt', label), href ? link(value, href) : text('dd', value));
  return element;
}

/**
 * @param {string} words
 * @param {string} href
 */
function link(words, href) {
  const element = document.createElement('dd');
  element.append(anchor(words, href));
  return element;
}

/** @param {{ words: string, href: string }} to */
function action({ words, href }) {
  const element = document.createElement('p');
  element.append(anchor(words, href));
  return element;
}

/**
 * @param {string} words
 * @param {string} href
 */
function anchor(words, href) {
  const element = /** @type {HTMLAnchorElement} */ (text('a', words));
  element.href = href;
  return element;
}
