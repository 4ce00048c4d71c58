/** Entries that are lists of objects of the file, each with entries of its own: properties, messages, keys, … */
import { referrers } from '../tree.js';
import { button, entry, h, checkbox } from './dom.js';
import { called } from './references.js';

/** @typedef {import('./entries.js').Place} Place */

/** Where the last word of the element's name is not what people call it. @type {Record<string, string>} */
const WORDS = {
  correlationPropertyRetrievalExpression: 'message',
  correlationPropertyBinding: 'property',
  correlationSubscription: 'key',
  complexBehaviorDefinition: 'event',
};

/** "correlation property" @param {string} name */
export const wordOf = (name) => WORDS[name] ?? name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

/** @param {Place} place @returns {HTMLElement} */
export function itemList(place) {
  const { model, element, bo, row, path } = place;
  const word = wordOf(row.name);
  const items = model.childrenOf(bo, row);
  const add = () => {
    const { child, changes } = model.newChild(bo, row, startOf(row.name, items.length + 1));
    place.open(child);
    place.focusNext(`${path}${row.name}-${items.length}`);
    model.change(element, changes);
  };
  const adder = button(`Add ${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`, add);
  adder.dataset.key = `${path}${row.name}-add`;
  const rows = items.map((child, at) => item(place, child, at, word));
  return h('fieldset', { className: 'mp-entry' }, [
    h('legend', { title: row.meaning }, [row.label]),
    h('div', { className: 'mp-list' }, [...rows, adder]),
    h('p', { className: 'mp-help' }, [row.meaning]),
  ]);
}

/** What a new item holds, so that it can be told apart. @param {string} name @param {number} number */
function startOf(name, number) {
  const noName =
    /^(itemDefinition|assignment|complexBehaviorDefinition|correlation(PropertyRetrieval|Subscription|PropertyBinding).*)$/;
  if (name === 'itemDefinition') return { structureRef: 'xsd:string' };
  if (noName.test(name)) return {};
  const isVariable = /^(property|dataInput|dataOutput|correlationProperty)$/.test(name);
  const stem = wordOf(name);
  return {
    name: isVariable
      ? `${stem.replace(' ', '_')}_${number}`
      : `${stem.charAt(0).toUpperCase()}${stem.slice(1)} ${number}`,
  };
}

/** @param {Place} place @param {any} child @param {number} at @param {string} word */
function item(place, child, at, word) {
  const { model, element, row, path } = place;
  const key = `${path}${row.name}-${at}`;
  const users = place.row.group === 'In this file' ? referrers(model.modeler.getDefinitions(), child).length : 0;
  const summary = h('summary', { 'data-key': key }, [
    h('span', {}, [called(child) || `${word} ${at + 1}`]),
    ...(users ? [h('span', { className: 'mp-used' }, [`used ${users === 1 ? 'once' : `${users} times`}`])] : []),
  ]);
  const details = h('details', { className: 'mp-item', open: place.isOpen(child) }, [
    summary,
    ...place.entriesOf(child, `${key}-`),
    ...optional(place, child),
  ]);
  details.addEventListener('toggle', () => place.open(child, details.open));
  const remove = button(
    '×',
    () => model.change(element, model.removal(child)),
    `Remove ${word} ${called(child) || at + 1}`,
  );
  return h('div', { className: 'mp-item-row' }, [details, remove]);
}

/** Whether an activity begins without an input. @param {Place} place @param {any} child */
function optional({ model, element, bo, row, path }, child) {
  const set = row.name === 'dataInput' ? model.holderOf(bo, row)?.inputSets?.[0] : null;
  if (!set) return [];
  const free = set.get('optionalInputRefs');
  const put = (/** @type {boolean} */ on) => {
    const optionalInputRefs = on ? [...free, child] : free.filter((/** @type {any} */ one) => one !== child);
    model.change(element, [{ moddleElement: set, properties: { optionalInputRefs } }]);
  };
  const help = 'It begins without this input; else it waits until the input has a value.';
  const box = checkbox(free.includes(child), put);
  return [entry('Optional', box, { help, key: `${path}${child.id}-optional`, inline: true })];
}
