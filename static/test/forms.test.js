import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft } from '../forms/draft.js';
import { inOurWords } from '../forms/messages.js';
import { prepared } from '../forms/schema.js';
import { TEXTS } from '../forms/texts.js';
import { merged, placeOf, setAt, valueAt } from '../forms/values.js';

const TASK = '/tasks/019ab3a4-1111-7222-8333-944444444444';

function storage() {
  const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

test('what was typed is there again after a reload', () => {
  const draft = new Draft(storage(), '/processes/order/start');
  draft.write({ amount: 3 });
  assert.deepEqual(draft.read({ cameBack: false }), { amount: 3 });
});

test('a start that was submitted begins afresh, unless the reader comes back to it', () => {
  const kept = storage();
  const draft = new Draft(kept, '/processes/order/start');
  draft.write({ amount: 3 }, { submitted: true });
  assert.deepEqual(draft.read({ cameBack: true }), { amount: 3 });
  assert.equal(draft.read({ cameBack: false }), null);
  assert.equal(draft.read({ cameBack: true }), null, 'it is gone');
});

test('a task that is still open was not completed: what was submitted is kept', () => {
  const draft = new Draft(storage(), TASK);
  draft.write({ amount: 3 }, { submitted: true });
  assert.deepEqual(draft.read({ cameBack: false }), { amount: 3 });
});

test('a full storage loses nothing that is on the page', () => {
  const full = {
    ...storage(),
    setItem: () => {
      throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
    },
  };
  new Draft(full, TASK).write({ amount: 3 });
});

test('optional fields say so, required ones do not, and the page has the button', () => {
  const schema = {
    components: [
      { type: 'textfield', label: 'Name', validate: { required: true } },
      { type: 'number', label: 'Age' },
      { type: 'checkbox', label: 'Agreed' },
      { type: 'datetime', dateLabel: 'Day' },
      { type: 'group', label: 'More', components: [{ type: 'textarea', label: 'Note' }] },
      { type: 'button', action: 'submit' },
    ],
  };
  const { components } = prepared(schema, TEXTS);
  assert.deepEqual(
    components.map((c) => c.label ?? c.dateLabel),
    ['Name', 'Age (optional)', 'Agreed', 'Day (optional)', 'More'],
  );
  assert.equal(components[4].components[0].label, 'Note (optional)');
});

test('form-js speaks in our words, and a form keeps its own', () => {
  assert.equal(inOurWords('Field is required.', 'textfield', TEXTS), 'Fill this in.');
  assert.equal(inOurWords('Field is required.', 'select', TEXTS), 'Choose one.');
  assert.equal(inOurWords('Field must have minimum value of 0.5.', 'number', TEXTS), 'Must be at least 0.5.');
  assert.equal(inOurWords('Two capital letters, please.', 'textfield', TEXTS), 'Two capital letters, please.');
});

test('a date has its label, and a default number is a number', () => {
  const components = [
    { type: 'datetime', label: 'Due', dateLabel: '', validate: { required: true } },
    { type: 'number', label: 'Days', defaultValue: '5', validate: { required: true } },
    { type: 'number', label: 'Sum', defaultValue: '5.10', serializeToString: true, validate: { required: true } },
  ];
  const shown = prepared({ components }, TEXTS).components;
  assert.equal(shown[0].dateLabel, 'Due');
  assert.deepEqual([shown[1].defaultValue, shown[2].defaultValue], [5, '5.10']);
});

test('a value has its place, as the server names it', () => {
  assert.equal(placeOf(['rows', 0, 'client', 'name']), 'rows[0].client.name');
  const data = {};
  setAt(data, ['rows', 1, 'name'], 'Ann');
  assert.equal(valueAt(data, ['rows', 1, 'name']), 'Ann');
  assert.equal(valueAt(data, ['rows', 0, 'name']), undefined);
});

test('a draft keeps what the form does not ask for, and the rows that are left', () => {
  const data = { client: { id: 7, name: 'Ann' }, rows: [{ id: 1, n: 1 }, { id: 2 }], other: 1 };
  const kept = { client: { name: 'Bert' }, rows: [{ n: 5 }] };
  const wanted = { client: { id: 7, name: 'Bert' }, rows: [{ id: 1, n: 5 }], other: 1 };
  assert.deepEqual(merged(data, kept), wanted);
});

test('a label that is an expression stays one; times and rows say what is optional', () => {
  const components = [
    { type: 'textfield', key: 'a', label: '=title' },
    { type: 'datetime', subtype: 'time', key: 'at', timeLabel: 'At' },
    { type: 'dynamiclist', path: 'rows', components: [{ type: 'checklist', key: 'c', label: 'Of these' }] },
  ];
  const [first, second, third] = prepared({ components }, TEXTS).components;
  assert.equal(first.label, '=title');
  assert.equal(second.timeLabel, 'At (optional)');
  assert.equal(third.components[0].label, 'Of these (optional)');
});
