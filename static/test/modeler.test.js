import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listsOf, runningOf, titleOf } from '../modeler/deploy/changes.js';
import { handlersFrom } from '../modeler/handlers.js';
import { follows, keyFrom } from '../modeler/key.js';
import { completions } from '../modeler/panel/complete.js';
import { conditionText, readCondition } from '../modeler/panel/condition.js';
import { fits } from '../modeler/panel/fits.js';
import { languageOf } from '../modeler/panel/language.js';
import { renamed, sourceOf } from '../modeler/panel/lists.js';
import { differs, sectionsOf } from '../modeler/panel/sections.js';
import { byElement, ordered, summary } from '../modeler/problems/order.js';
import { folded, readable } from '../modeler/problems/words.js';
import { newDiagram } from '../modeler/template.js';
import { rowsOf, tagOf } from '../modeler/vocabulary.js';

const named = (variables) => ({ variables, functions: [] });

const row = (name, more = {}) => ({
  name,
  type: 'string',
  label: name,
  meaning: '',
  elements: ['userTask'],
  group: 'General',
  form: 'attribute',
  default: '',
  choices: [],
  ...more,
});

test('a name becomes a key that can be typed', () => {
  assert.equal(keyFrom('Prüfung der Rechnung (neu)'), 'pruefung_der_rechnung_neu');
  assert.equal(keyFrom('Émile’s café'), 'emile_s_cafe');
  assert.equal(keyFrom('2nd level'), 'process_2nd_level');
  assert.equal(keyFrom('处理'), 'new_process');
});

test('the variable of a field follows its label until somebody names it', () => {
  assert.deepEqual(renamed({ id: 'field_1', label: 'Field' }, 'Größe (cm)', []), {
    label: 'Größe (cm)',
    id: 'groesse_cm',
  });
  assert.deepEqual(renamed({ id: 'amount', label: 'Amount' }, '2nd amount', []), {
    label: '2nd amount',
    id: '_2nd_amount',
  });
  assert.deepEqual(renamed({ id: 'total', label: 'Amount' }, 'Sum', []), { label: 'Sum' });
  assert.deepEqual(renamed({ id: 'field_2', label: 'Field' }, '数', []), { label: '数' });
  assert.deepEqual(renamed({ id: 'field_2', label: 'Field' }, 'Sum', ['sum']), { label: 'Sum' });
  assert.equal(renamed({ id: 'field_1', label: 'Field' }, 'From', []).id, 'from_');
});

test('the key follows the name until the first deployment, and never when somebody chose it', () => {
  assert.ok(follows({ key: 'order', name: 'Order', deployed: false }));
  assert.ok(follows({ key: 'Process_0xyz', name: '', deployed: false }));
  assert.ok(!follows({ key: 'order', name: 'Order', deployed: true }));
  assert.ok(!follows({ key: 'my_own', name: 'Order', deployed: false }));
});

test('a row of the element itself wins over one for all', () => {
  const vocabulary = { attributes: [row('name', { elements: ['*'], label: 'Any' }), row('name', { label: 'Own' })] };
  assert.deepEqual(
    rowsOf(vocabulary, 'userTask').map((r) => r.label),
    ['Own'],
  );
  assert.equal(tagOf('bpmn:UserTask'), 'userTask');
});

test('a section shows what the element has, and no choice that is none', () => {
  const vocabulary = {
    groups: ['General', 'Timing'],
    attributes: [
      row('name', { elements: ['*'] }),
      row('camunda:type', { type: 'enumeration', choices: ['external'] }),
      row('isForCompensation', { type: 'boolean', meaning: 'Must be false.', default: 'false' }),
      row('startQuantity', { default: '1' }),
      row('default'),
    ],
  };
  const names = (bo, values = {}) =>
    sectionsOf(vocabulary, bo, (_, r) => values[r.name]).flatMap(([, rows]) => rows.map((s) => s.row.name));
  const task = { $type: 'bpmn:UserTask', outgoing: [{}] };
  assert.deepEqual(names(task), ['name']);
  assert.deepEqual(names(task, { startQuantity: 3 }), ['name', 'startQuantity']);
  assert.deepEqual(names({ ...task, outgoing: [{}, {}] }), ['name', 'default']);
});

test('a business rule task asks for its decision, or for a topic, and for one way to choose the version', () => {
  const names = ['topic', 'taskPriority', 'decisionRef', 'decisionRefBinding', 'decisionRefVersion', 'resultVariable'];
  const shown = (/** @type {Record<string, string>} */ values) => {
    const bo = { $type: 'bpmn:BusinessRuleTask', get: (/** @type {string} */ name) => values[name.slice(8)] };
    return names.filter((name) => fits(bo, bo, { name: `camunda:${name}` }, Boolean(values[name])));
  };
  assert.deepEqual(shown({}), ['topic', 'decisionRef', 'resultVariable']);
  assert.deepEqual(shown({ topic: 'rate' }), ['topic', 'taskPriority', 'resultVariable']);
  assert.deepEqual(shown({ decisionRef: 'fee' }), ['decisionRef', 'decisionRefBinding', 'resultVariable']);
  const byNumber = shown({ decisionRef: 'fee', decisionRefBinding: 'version' });
  assert.deepEqual(byNumber, ['decisionRef', 'decisionRefBinding', 'decisionRefVersion', 'resultVariable']);
});

test('what differs from the default is seen', () => {
  assert.ok(!differs(row('x', { default: '50' }), '50'));
  assert.ok(!differs(row('x', { default: 'true' }), true));
  assert.ok(differs(row('x', { default: 'true' }), false));
  assert.ok(!differs(row('x'), undefined));
});

test('problems: errors first, each once, counted in words', () => {
  const problem = (severity, elementId, message = 'm') => ({ severity, elementId, rule: 'r', message });
  const list = ordered([problem('info', 'a'), problem('error', 'b'), problem('error', 'b'), problem('warning', null)]);
  assert.deepEqual(
    list.map((p) => p.severity),
    ['error', 'warning', 'info'],
  );
  assert.equal(summary(list), '1 error, 1 warning, 1 note');
  assert.equal(summary([]), 'No problems');
  const placed = list.map((one) => ({ ...one, at: one.elementId }));
  assert.deepEqual([...byElement(placed).keys()], ['b', 'a']);
});

test('a finding calls what has no name by its kind, and an element without a flow is told once', () => {
  const objects = {
    Activity_1hsty4u: { $type: 'bpmn:ServiceTask' },
    Event_0ze9c6o: { $type: 'bpmn:BoundaryEvent' },
    Activity_named00: { $type: 'bpmn:Task', name: 'Pay' },
  };
  const said = (message) => readable(message, (id) => objects[id]);
  assert.equal(
    said("The service task 'Activity_1hsty4u' has no topic."),
    'The service task without a name has no topic.',
  );
  assert.equal(said("'Event_0ze9c6o' names no message."), 'The boundary event without a name names no message.');
  assert.equal(said("No token can reach 'Activity_1hsty4u'."), 'No token can reach the service task without a name.');
  assert.equal(said("Ask 'Activity_named00' or 'Activity_unknown'."), "Ask 'Activity_named00' or 'Activity_unknown'.");
  const of = (elementId, rule) => ({ elementId, rule });
  assert.deepEqual(folded([of('a', 'incoming-missing'), of('a', 'unreachable'), of('b', 'unreachable')]), [
    of('a', 'incoming-missing'),
    of('b', 'unreachable'),
  ]);
});

test('a handler says what it takes', () => {
  const parameters = [
    { name: 'order_id', type: 'str', required: true, schema: { type: 'string' } },
    { name: 'amount', type: 'Decimal', required: false, schema: { anyOf: [{ type: 'number' }, { type: 'string' }] } },
    { name: 'headers', required: false, schema: { anyOf: [{ type: 'object' }, { type: 'null' }] } },
    { name: 'note', required: false, schema: {} },
  ];
  const [handler, bare] = handlersFrom([{ topic: 'charge', description: ' Charges. ', parameters }, { topic: 'log' }]);
  assert.equal(handler.description, 'Charges.');
  assert.deepEqual(handler.inputs[0], { name: 'order_id', type: 'text', required: true });
  assert.deepEqual(
    handler.inputs.map((input) => input.type),
    ['text', 'number', 'object', 'value'],
  );
  assert.deepEqual(bare, { topic: 'log', description: '', inputs: [] });
});

test('a new diagram is executable and drawn', () => {
  const xml = newDiagram({ name: 'Order', key: 'order' });
  assert.match(xml, /<bpmn:process id="order" name="Order" isExecutable="true">/);
  assert.equal(xml.match(/<bpmndi:BPMNShape /g)?.length, 5);
});

test('what a call activity passes is a variable by its name, and an expression otherwise', () => {
  assert.deepEqual(sourceOf('amount'), { source: 'amount', sourceExpression: '' });
  assert.deepEqual(sourceOf('größe_2'), { source: 'größe_2', sourceExpression: '' });
  for (const text of ['${amount * 2}', 'a.b', '2nd', '']) {
    assert.deepEqual(sourceOf(text), { source: '', sourceExpression: text });
  }
});

test('a deployment says what changes and what runs', () => {
  const none = { key: 'p', version: 2, same: false, active: 0, older: 0, added: [], removed: [], changed: [] };
  const flow = (id) => ({ id, name: id, tag: 'sequenceFlow' });
  const change = {
    ...none,
    added: [{ id: 'u', name: 'Pack', tag: 'userTask' }, flow('f'), flow('g')],
    active: 1,
    older: 3,
  };
  assert.equal(titleOf(change, false), 'Changes against version 2');
  assert.deepEqual(listsOf(change), [['Added:', ['Pack (user task)', '2 sequence flows without a name']]]);
  assert.match(runningOf(change)[0], /^Running: 1 instance in version 2, 3 instances in earlier ones\./);
  assert.equal(titleOf(none, true), 'p: Drawn anew; otherwise the same as version 2');
  assert.equal(titleOf({ ...none, same: true }, false), 'The same as version 2: it makes no new one');
  const fresh = { ...change, version: null };
  assert.equal(titleOf(fresh, false), 'A new process');
  assert.deepEqual([...listsOf(fresh), ...runningOf(fresh)], []);
});

test('the name at the caret is completed, but no part of a value and no plain text', () => {
  const names = ['amount', 'approved', 'total'];
  assert.deepEqual(completions('total > a', 9, named(names)), { start: 8, end: 9, offers: ['amount', 'approved'] });
  assert.deepEqual(completions('apped > 1', 2, named(names)), { start: 0, end: 5, offers: ['approved'] });
  assert.deepEqual(completions('order.a', 7, named(names)).offers, []);
  assert.deepEqual(completions('1a', 2, named(names)).offers, []);
  assert.deepEqual(completions('total', 5, named(names)).offers, []);
  assert.deepEqual(completions('a person', 1, named(names), true).offers, []);
  assert.deepEqual(completions('for ${a} b', 7, named(names), true).offers, ['amount', 'approved']);
});

test('simple conditions are written as FEEL and read back as they were typed', () => {
  const pairs = [
    [{ variable: 'amount', operator: '>', value: '1000' }, '=amount > 1000'],
    [{ variable: 'order.total', operator: '<=', value: '-0.5' }, '=order.total <= -0.5'],
    [{ variable: 'country', operator: '=', value: 'New "York"' }, '=country = "New \\"York\\""'],
    [{ variable: 'code', operator: '!=', value: '"12"' }, '=code != "12"'],
    [{ variable: 'due', operator: '>=', value: '2026-12-24' }, '=due >= date("2026-12-24")'],
    [{ variable: 'kind', operator: 'in', value: 'gold, silver, 3' }, '=kind in ("gold", "silver", 3)'],
    [{ variable: 'place', operator: 'in', value: '"Rome, Italy", Bonn' }, '=place in ("Rome, Italy", "Bonn")'],
    [{ variable: 'approved', operator: 'true', value: '' }, '=approved = true'],
    [{ variable: 'approved', operator: 'not true', value: '' }, '=approved != true'],
    [{ variable: 'größe', operator: 'null', value: '' }, '=größe = null'],
    [{ variable: 'reply', operator: 'not null', value: '' }, '=reply != null'],
  ];
  for (const [condition, text] of pairs) {
    assert.equal(conditionText(condition), text);
    assert.deepEqual(readCondition(text), condition);
  }
  assert.deepEqual(readCondition(''), { variable: '', operator: '=', value: '' });
});

test('what is not simple stays a text, and what is not complete writes nothing', () => {
  const others = [
    'amount > 1000',
    '${approved}',
    '=a > 1 and b < 2',
    '=a > b',
    '=not(approved)',
    '=f(a) = 1',
    '=if = 1',
  ];
  for (const text of others) assert.equal(readCondition(text), null, text);
  assert.equal(conditionText({ variable: '', operator: '=', value: '1' }), '');
  assert.equal(conditionText({ variable: 'a', operator: '=', value: ' ' }), '');
  assert.equal(conditionText({ variable: 'a b', operator: '=', value: '1' }), '');
  assert.equal(conditionText({ variable: 'order.if', operator: 'true', value: '' }), '');
  assert.equal(conditionText({ variable: 'a', operator: 'in', value: ' , ' }), '');
});

test('a text says its language', () => {
  assert.equal(languageOf(' =a > 1', 'expression'), 'FEEL');
  assert.equal(languageOf('${a}', 'expression'), '${…}');
  assert.equal(languageOf('a > 1', 'expression'), 'Python');
  assert.equal(languageOf('Order ${id}', 'template'), '${…}');
  assert.equal(languageOf('clerk', 'template'), 'Text');
  assert.equal(languageOf('PT1H', 'iso-duration'), 'ISO 8601');
  assert.equal(languageOf(' ', 'expression'), '');
});

test('functions are offered in FEEL alone, behind the variables', () => {
  const names = { variables: ['country'], functions: ['count', 'contains'] };
  assert.deepEqual(completions('=co', 3, names).offers, ['country', 'count(', 'contains(']);
  assert.deepEqual(completions('=c', 2, names).offers, ['country']);
  assert.deepEqual(completions('co', 2, names).offers, ['country']);
});

test('variables are offered in FEEL, not inside of its texts', () => {
  assert.deepEqual(completions('=amo', 4, named(['amount']), true).offers, ['amount']);
  assert.deepEqual(completions('="amo', 5, named(['amount']), true).offers, []);
  assert.deepEqual(completions('amo', 3, named(['amount']), true).offers, []);
});
