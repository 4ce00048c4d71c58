import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { rowsAt } from '../instances/model.js';
import { rowsOf, sameRows } from '../tasks/model.js';
import { controlOf, fits, isName, wrongIn } from '../ui/typed.js';

const NUMBERS = ['0', '-12', '+3', '12.50', '.5', '5.', '1e3', ' 7 '];
const NO_NUMBERS = ['', '12,50', '1.000,00', 'NaN', 'Infinity', '0x1f', '1_000', 'twelve', '1e9999'];

for (const text of NUMBERS) test(`"${text}" is a number`, () => assert.equal(fits('number', text), true));
for (const text of NO_NUMBERS) test(`"${text}" is no number`, () => assert.equal(fits('number', text), false));

test('JSON must be whole', () => {
  assert.equal(fits('json', '{"a": [1, null]}'), true);
  assert.equal(fits('json', '{"a": 1,}'), false);
  assert.equal(fits('json', 'NaN'), false);
});

test('a name is what expressions can name', () => {
  for (const name of ['a', '_x', 'größe', 'order_id2']) assert.equal(isName(name), true, name);
  for (const name of ['', '2nd', 'a b', 'a-b', 'a.b']) assert.equal(isName(name), false, name);
});

test('an empty row is left out, a wrong one is not', () => {
  assert.deepEqual(wrongIn('', 'number', ''), { name: false, value: false });
  assert.deepEqual(wrongIn('a b', 'number', 'x'), { name: true, value: true });
});

test('each type has its control', () => {
  const controls = ['text', 'number', 'yes-no', 'date', 'json'].map(controlOf);
  assert.deepEqual(controls, ['input', 'input', 'select', 'input', 'textarea']);
});

test('rows are kept as they stand in the form', () => {
  const data = new FormData();
  for (const [name, type, value] of [
    ['a', 'text', 'x'],
    ['b', 'number', '2'],
  ]) {
    data.append('name', name);
    data.append('type', type);
    data.append('value', value);
  }
  const rows = rowsOf(data);
  assert.deepEqual(rows, [
    { name: 'a', type: 'text', value: 'x' },
    { name: 'b', type: 'number', value: '2' },
  ]);
  assert.equal(sameRows(rows, structuredClone(rows)), true);
  assert.equal(sameRows(rows, rows.slice(1)), false);
});

test('rows of an element are found, none without one', () => {
  const rows = [{ dataset: { element: 'pay' } }, { dataset: { element: 'pack' } }];
  assert.deepEqual(rowsAt(rows, 'pack'), [rows[1]]);
  assert.deepEqual(rowsAt(rows, null), []);
});

/** @param {string} html */
function tree(html) {
  const { document, window } = parseHTML(`<div>${html}</div>`);
  globalThis.Element ??= window.Element;
  return document.querySelector('div');
}

test('a region whose things stay the same is changed in place', async () => {
  tree('');
  const { patch, sameShape } = await import('../ui/live.js');
  const shown = tree('<a href="/1" class="x">5 min ago</a>');
  const fresh = tree('<a href="/1" title="t">6 min ago</a>');
  const link = shown.firstChild;
  assert.equal(sameShape(shown, fresh), true);
  patch(shown, fresh);
  assert.equal(shown.firstChild, link);
  assert.equal(link.textContent, '6 min ago');
  assert.deepEqual([link.getAttribute('title'), link.hasAttribute('class')], ['t', false]);
});

test('another row in the same place is not the same thing', async () => {
  const { sameShape } = await import('../ui/live.js');
  assert.equal(sameShape(tree('<a href="/1">A</a>'), tree('<a href="/2">A</a>')), false);
  assert.equal(sameShape(tree('<p>A</p>'), tree('<p>A</p><p>B</p>')), false);
});
