import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, marksOf, orderOf } from '../viewer/marks.js';
import { hasDrawing, withDrawing } from '../viewer/layout.js';
import { TEXTS, fill } from '../viewer/texts.js';
import { withRealColours } from '../viewer/theme.js';

test('tokens of one element are counted together, and each reason is named once', () => {
  const marks = marksOf({
    tokens: [
      { elementId: 'a', count: 2, waitingFor: 'person' },
      { elementId: 'a', count: 1, waitingFor: 'timer' },
      { elementId: 'a', count: 1, waitingFor: 'person' },
      { elementId: 'b', count: 1, waitingFor: 'incident' },
    ],
    done: [],
    incidents: [{ elementId: 'b', count: 2, message: 'Broken' }, { elementId: 'c' }],
  });
  assert.deepEqual(marks.get('a'), { tokens: 4, waitingFor: ['person', 'timer'], incidents: 0, messages: [] });
  assert.deepEqual(marks.get('b'), { tokens: 1, waitingFor: [], incidents: 2, messages: ['Broken'] });
  assert.equal(marks.get('c')?.incidents, 1);
});

test('a mark is said in words', () => {
  const mark = { tokens: 3, waitingFor: ['person'], incidents: 1, messages: [] };
  assert.equal(describe(mark, 'Check', TEXTS), 'Check: 3 here, waits for a person, 1 incident');
});

test('the keyboard walks as one reads: rows, each from left to right', () => {
  const box = (id, x, y) => ({ id, x, y, width: 100, height: 80 });
  const order = orderOf([box('low', 0, 300), box('right', 400, 10), box('left', 0, 0)]);
  assert.deepEqual(
    order.map((e) => e.id),
    ['left', 'right', 'low'],
  );
});

test('a file without shapes has no drawing, whatever its prefix', () => {
  assert.equal(hasDrawing('<definitions><process/></definitions>'), false);
  assert.equal(hasDrawing('<x:BPMNShape id="a">'), true);
  assert.equal(hasDrawing('<bpmndi:BPMNDiagram/>'), false);
});

test('a text keeps a name that has no value', () => {
  assert.equal(fill('{count} of {all}', { count: 0 }), '0 of {all}');
});

test('an exported drawing needs no theme', () => {
  assert.equal(withRealColours('a var(--diagram-fill) b var(--diagram-ink)'), 'a #ffffff b #22262b');
});

test('a drawing is put into the file, which stays as it was', () => {
  const xml = '<definitions xmlns="x"><process id="p"><own:thing/></process></definitions>\n';
  const drawn = '<definitions><process/><bpmndi:BPMNDiagram id="d"><a/></bpmndi:BPMNDiagram></definitions>';
  const both = withDrawing(xml, drawn);
  assert.ok(both.startsWith('<definitions xmlns="x"><process id="p"><own:thing/></process><bpmndi:BPMNDiagram xmlns:'));
  assert.ok(both.endsWith('id="d"><a/></bpmndi:BPMNDiagram></definitions>\n'));
});
