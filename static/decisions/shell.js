import { h } from '../modeler/panel/dom.js';
import { deed, menuItem, menuOf, tool } from '../modeler/shell.js';

/**
 * What stands around the table: a line with the name and the deeds above, a tab for each view, the panel beside, the
 * problems below.
 * @param {HTMLElement} root
 * @param {{ text: string, href: string } | null} back
 */
export function makeShell(root, back) {
  const name = h('input', { type: 'text', className: 'md-name', spellcheck: false, autocomplete: 'off' });
  name.setAttribute('aria-label', 'Name of the decision');
  const key = h('span', { className: 'md-key' });
  const state = h('span', { className: 'md-state', role: 'status' });
  const tools = {
    undo: tool('undo', 'Undo'),
    redo: tool('redo', 'Repeat'),
    fit: tool('fit', 'Show all'),
    panel: tool('panel', 'Panel'),
  };
  const deeds = { open: deed('Open file'), save: deed('Save'), deploy: deed('Deploy', 'button--main') };
  const files = { dmn: menuItem('DMN file'), csv: menuItem('Table as CSV'), take: menuItem('Rules from CSV…') };
  const notices = h('div', { className: 'md-notices' });
  const tabs = h('div', { className: 'de-tabs', role: 'tablist', 'aria-label': 'Views' });
  const canvas = h('div', { className: 'md-canvas de-canvas', id: 'de-view', role: 'tabpanel' });
  const panel = h('aside', { className: 'md-panel', 'aria-label': 'Try it' });
  const foot = h('div', { className: 'md-foot' });
  const home = back ? [h('a', { className: 'button button--quiet de-back', href: back.href }, [back.text])] : [];
  root.classList.add('md', 'de');
  root.append(
    h('div', { className: 'md-bar' }, [
      h('div', { className: 'md-title' }, [name, key, state]),
      h('div', { className: 'md-tools' }, Object.values(tools)),
      h('div', { className: 'md-deeds' }, [
        ...home,
        deeds.open,
        menuOf('Files', Object.values(files)),
        deeds.save,
        deeds.deploy,
      ]),
    ]),
    notices,
    tabs,
    h('div', { className: 'md-body' }, [h('div', { className: 'md-stage' }, [canvas, foot]), panel]),
  );
  return { name, key, state, tools, deeds, files, notices, tabs, canvas, panel, foot, home: home[0] ?? null };
}
