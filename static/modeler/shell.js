import { h } from './panel/dom.js';

const SIGNS = {
  undo: '<path d="M5 6h5a3.5 3.5 0 0 1 0 7H6M5 6l3-3M5 6l3 3"/>',
  redo: '<path d="M11 6H6a3.5 3.5 0 0 0 0 7h4M11 6 8 3m3 3L8 9"/>',
  fit: '<path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"/>',
  panel: '<path d="M2 3h12v10H2zM10 3v10"/>',
};

/**
 * What stands around the canvas: a line with the name and the deeds above, the panel beside, the problems below.
 * @param {HTMLElement} root
 */
export function makeShell(root) {
  const name = h('input', {
    type: 'text',
    className: 'md-name',
    'aria-label': 'Name of the process',
    spellcheck: false,
    autocomplete: 'off',
  });
  const key = h('span', { className: 'md-key' });
  const state = h('span', { className: 'md-state', role: 'status' });
  const tools = {
    undo: tool('undo', 'Undo'),
    redo: tool('redo', 'Repeat'),
    fit: tool('fit', 'Show all'),
    panel: tool('panel', 'Panel'),
  };
  const deeds = { open: deed('Open file'), save: deed('Save'), deploy: deed('Deploy', 'button--main') };
  const downloads = { bpmn: menuItem('BPMN file'), svg: menuItem('SVG picture'), png: menuItem('PNG picture') };
  const menu = menuOf('Download', Object.values(downloads));
  const notices = h('div', { className: 'md-notices' });
  const canvas = h('div', { className: 'md-canvas' });
  const panel = h('aside', { className: 'md-panel', 'aria-label': 'Properties' });
  const foot = h('div', { className: 'md-foot' });
  root.classList.add('md');
  root.append(
    h('div', { className: 'md-bar' }, [
      h('div', { className: 'md-title' }, [name, key, state]),
      h('div', { className: 'md-tools' }, Object.values(tools)),
      h('div', { className: 'md-deeds' }, [deeds.open, menu, deeds.save, deeds.deploy]),
    ]),
    notices,
    h('div', { className: 'md-body' }, [h('div', { className: 'md-stage' }, [canvas, foot]), panel]),
  );
  return { name, key, state, tools, deeds, downloads, notices, canvas, panel, foot };
}

/** A button that opens a list of deeds. @param {string} words @param {HTMLElement[]} items @returns {HTMLDetailsElement} */
export function menuOf(words, items) {
  const menu = h('details', { className: 'md-menu' }, [
    h('summary', { className: 'button button--quiet' }, [words]),
    h('div', { className: 'md-menu-items' }, items),
  ]);
  menu.addEventListener(
    'click',
    (/** @type {any} */ event) => event.target.closest('.md-menu-items') && (menu.open = false),
  );
  menu.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape') return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
  return menu;
}

/**
 * Say something above the canvas, with what can be done.
 * @param {HTMLElement} host
 * @param {string} text
 * @param {{ text: string, action: () => void }[]} offers
 * @param {'info' | 'bad'} [tone]
 */
export function notify(host, text, offers, tone = 'info') {
  const box = h('div', { className: `md-notice md-notice--${tone}`, role: tone === 'bad' ? 'alert' : 'status' }, [
    h('span', {}, [text]),
  ]);
  for (const offer of offers) {
    const button = h('button', { type: 'button', className: 'button button--small' }, [offer.text]);
    button.addEventListener('click', () => {
      box.remove();
      offer.action();
    });
    box.append(button);
  }
  host.replaceChildren(box);
}

/** @param {keyof typeof SIGNS} sign @param {string} label */
export function tool(sign, label) {
  const button = h('button', { type: 'button', title: label, 'aria-label': label });
  button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true">${SIGNS[sign]}</svg>`;
  return button;
}

/** @param {string} words */
export const deed = (words, kind = 'button--quiet') =>
  h('button', { type: 'button', className: `button ${kind}` }, [words]);
/** @param {string} words */
export const menuItem = (words) => h('button', { type: 'button' }, [words]);
