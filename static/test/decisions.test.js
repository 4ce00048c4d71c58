import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DmnModdle } from 'dmn-moddle';
import { CsvError, guarded, read, unguarded, written } from '../decisions/csv/csv.js';
import { linesOf, rulesFrom } from '../decisions/csv/table.js';
import { inputsOf, literalsIn, undeclaredIn } from '../decisions/inputs.js';
import { byIds, decisionsOf, placeOf, tableOf } from '../decisions/model.js';
import { decisionOf, editorOf, madeFor } from '../modeler/decision.js';
import { newDecision } from '../decisions/template.js';
import { feelOf } from '../decisions/try/fields.js';
import { linesOf as valueLines, rulesIn, textOf } from '../decisions/try/shown.js';
import { lostIn, opened, saved } from '../decisions/versions.js';

const MODEL = 'https://www.omg.org/spec/DMN/20191111/MODEL/';

/** @param {string} xml */
async function parsed(xml) {
  return (await new DmnModdle().fromXML(xml, 'dmn:Definitions')).rootElement;
}

/** @param {string} inside */
const file = (inside) => parsed(`<definitions xmlns="${MODEL}" id="d" name="d" namespace="n">${inside}</definitions>`);

const data = (/** @type {string} */ name, /** @type {string} */ type) =>
  `<inputData id="${name}_in" name="${name}"><variable name="${name}" ${type && `typeRef="${type}"`}/></inputData>`;
const needs = (/** @type {string} */ kind, /** @type {string} */ id) =>
  `<informationRequirement><required${kind} href="#${id}"/></informationRequirement>`;
const column = (/** @type {string} */ text, /** @type {string} */ type, values = '') =>
  `<input id="${text}_col"><inputExpression id="${text}_exp" typeRef="${type}"><text>${text}</text></inputExpression>` +
  `${values && `<inputValues><text>${values}</text></inputValues>`}</input>`;
const table = (/** @type {string} */ inputs, output = 'out') =>
  `<decisionTable>${inputs}<output id="o" name="${output}"/></decisionTable>`;

// -- what a decision needs
test('inputs are those of the decision and of all that it requires, each once', async () => {
  const definitions = await file(
    data('season', 'string') +
      data('guests', 'number') +
      `<decision id="base" name="Base">${needs('Input', 'season_in')}${needs('Input', 'guests_in')}</decision>` +
      `<decision id="top" name="Top">${needs('Decision', 'base')}${needs('Input', 'guests_in')}</decision>`,
  );
  const found = inputsOf(decisionsOf(definitions)[1], definitions).map(({ name, kind }) => [name, kind]);
  assert.deepEqual(found, [
    ['guests', 'number'],
    ['season', 'text'],
  ]);
});

test('a circle of requirements ends', async () => {
  const definitions = await file(
    `<decision id="a" name="A">${needs('Decision', 'b')}</decision><decision id="b" name="B">${needs('Decision', 'a')}</decision>`,
  );
  assert.deepEqual(inputsOf(decisionsOf(definitions)[0], definitions), []);
});

test('types are followed to what is built in; allowed values are choices', async () => {
  const definitions = await file(
    '<itemDefinition id="t1" name="tKind"><typeRef>tText</typeRef></itemDefinition>' +
      '<itemDefinition id="t2" name="tText"><typeRef>string</typeRef><allowedValues><text>"a", "b,c"</text></allowedValues></itemDefinition>' +
      '<itemDefinition id="t3" name="tList" isCollection="true"><typeRef>string</typeRef></itemDefinition>' +
      '<itemDefinition id="t4" name="tSelf"><typeRef>tSelf</typeRef></itemDefinition>' +
      data('kind', 'tKind') +
      data('many', 'tList') +
      data('due', 'date') +
      data('self', 'tSelf') +
      `<decision id="top" name="Top">${['kind', 'many', 'due', 'self'].map((name) => needs('Input', `${name}_in`)).join('')}</decision>`,
  );
  const found = inputsOf(decisionsOf(definitions)[0], definitions);
  assert.deepEqual(
    found.map(({ kind }) => kind),
    ['choice', 'feel', 'date', 'feel'],
  );
  assert.deepEqual(found[0].choices, ['"a"', '"b,c"']);
});

test('what a column reads and nothing declares is an input too, with the type of the column', async () => {
  const definitions = await file(
    data('season', '') +
      `<decision id="base" name="Base">${table('', 'score')}</decision>` +
      `<decision id="top" name="Top">${needs('Input', 'season_in')}${needs('Decision', 'base')}${table(
        column('season', 'string', '"W","S"') +
          column('guests', 'number') +
          column('score', 'number') +
          column('a + b', 'number'),
      )}</decision>`,
  );
  const top = decisionsOf(definitions)[1];
  assert.deepEqual(
    undeclaredIn(top, definitions).map(({ name, type, expressionId }) => [name, type, expressionId]),
    [['guests', 'number', 'guests_exp']],
  );
  assert.deepEqual(
    inputsOf(top, definitions).map(({ name, kind, reader }) => [name, kind, reader?.id]),
    [
      ['season', 'choice', undefined],
      ['guests', 'number', 'top'],
    ],
  );
});

test('only plain lists of literals are choices', () => {
  assert.deepEqual(literalsIn('"a","b \\" c"'), ['"a"', '"b \\" c"']);
  assert.deepEqual(literalsIn('1, -2.5'), ['1', '-2.5']);
  for (const text of ['[1..3]', '"a", x', '"a",', 'not("a")', '', undefined]) assert.deepEqual(literalsIn(text), []);
});

// -- what people type
test('what is typed becomes FEEL', () => {
  const said = (/** @type {any} */ kind, /** @type {string} */ text) =>
    feelOf({ kind, name: '', type: '', choices: [], reader: null }, text);
  assert.equal(said('text', 'a "b"\n'), '"a \\"b\\"\\n"');
  assert.equal(said('number', ' .5 '), '0.5');
  assert.equal(said('number', '+12.'), '12');
  assert.equal(said('number', '12345678901234567890.1'), '12345678901234567890.1');
  assert.equal(said('date', '2026-03-01'), 'date("2026-03-01")');
  assert.equal(said('time', '08:30'), 'time("08:30:00")');
  assert.equal(said('dateTime', '2026-03-01T08:30'), 'date and time("2026-03-01T08:30:00")');
  assert.equal(said('boolean', 'true'), 'true');
  assert.equal(said('feel', '[1, 2]'), '[1, 2]');
  assert.equal(said('number', '  '), null);
  assert.throws(() => said('number', '1,5'), /not a number/);
  assert.throws(() => said('number', '1e3'), /not a number/);
});

test('results are said as people read them', () => {
  assert.equal(textOf({ a: ['x', 1], b: null }), '{a: ["x", 1], b: null}');
  assert.deepEqual(valueLines({ a: 'x', b: 2 }), [
    ['a', 'x'],
    ['b', '2'],
  ]);
  assert.deepEqual(valueLines([1]), [['', '[1]']]);
  assert.equal(rulesIn([]), 'No rule matched');
  assert.equal(rulesIn([1, 2, 3]), 'Rules 1, 2 and 3');
});

// -- where a problem is
test('an element is found at its cell, rule, column or decision', async () => {
  const definitions = await parsed(newDecision({ key: 'discount', name: 'Discount' }));
  const known = byIds(definitions);
  const place = (/** @type {string} */ id) => placeOf(known.get(id));
  assert.equal(place('business_small_total').kind, 'cell');
  assert.equal(place('business_small_total').words, 'Discount · rule 2 · Order total');
  assert.equal(place('private_discount').words, 'Discount · rule 3 · Discount');
  assert.deepEqual([place('private').kind, place('private').id], ['rule', 'private']);
  assert.deepEqual([place('total_expression').kind, place('total_expression').id], ['column', 'total_column']);
  assert.equal(place('discount_table').kind, 'table');
  assert.deepEqual([place('needs_total').kind, place('needs_total').id], ['node', 'discount']);
  assert.equal(place('definitions_discount').kind, 'file');
  assert.equal(placeOf(undefined).node, null);
});

test('names and keys of a new decision are escaped', async () => {
  const definitions = await parsed(newDecision({ key: 'x', name: 'A & "B" <C>' }));
  assert.equal(decisionsOf(definitions)[0].name, 'A & "B" <C>');
});

// -- CSV
test('CSV is written and read without loss', () => {
  const rows = [
    ['a', 'b'],
    ['"x","y"', '- '],
    ['=1', "'quoted"],
    ['@"2026-01-01"', 'two\nlines'],
    ['-', '-5.5'],
    ['a;b', '+1'],
    ['', '-x'],
  ];
  const text = written(rows);
  assert.deepEqual(
    read(text).map(({ cells }) => cells),
    rows,
  );
  assert.match(text, /^a,b\r\n"""x"",""y""",/);
});

test('what a spreadsheet would compute is guarded, and FEEL is not touched where it need not be', () => {
  for (const text of ['=1', '+1', '@SUM(A1)', '-x', "'a", '\t=1']) {
    assert.equal(guarded(text), `'${text}`);
    assert.equal(unguarded(guarded(text)), text);
  }
  for (const text of ['-', '-1', '-1.5', '< 5', '"a"', '[1..2]', '']) assert.equal(guarded(text), text);
});

test('semicolons, tabs, a byte order mark and lone line feeds are read', () => {
  const cells = (/** @type {string} */ text) => read(text).map((line) => line.cells);
  assert.deepEqual(cells('\ufeffa;b\n"x;y";2\n'), [
    ['a', 'b'],
    ['x;y', '2'],
  ]);
  assert.deepEqual(cells('a\tb\r\n1\t2'), [
    ['a', 'b'],
    ['1', '2'],
  ]);
  assert.deepEqual(
    read('a,b\n\n,,\n"x\ny",2\n1,2').map(({ line }) => line),
    [1, 4, 6],
  );
});

test('broken CSV is refused with its line and column', () => {
  const refusal = (/** @type {string} */ text) => {
    try {
      read(text);
    } catch (error) {
      return error instanceof CsvError ? [error.line, error.column] : [];
    }
    return null;
  };
  assert.deepEqual(refusal('a,b\n1,x"y'), [2, 2]);
  assert.deepEqual(refusal('a,b\n"x'), [2, 1]);
  assert.deepEqual(refusal('a,b\n"x"y,1'), [2, 1]);
});

test('rules go out with labels and names, and come back in any order of columns', async () => {
  const shown = tableOf(decisionsOf(await parsed(newDecision()))[0]);
  const lines = linesOf(shown);
  assert.deepEqual(lines[0], ['Customer (customer)', 'Order total (total)', 'Discount (discount)', 'Annotation']);
  assert.deepEqual(rulesFrom(shown, read(written(lines)))[0], {
    inputs: ['"business"', '>= 1000'],
    outputs: ['0.15'],
    description: 'Business customers with a large order',
  });
  const other = read('discount,TOTAL,customer\n0.3,< 5,"""private"""\n');
  assert.deepEqual(rulesFrom(shown, other), [{ inputs: ['"private"', '< 5'], outputs: ['0.3'], description: '' }]);
});

test('a file for another table is refused as a whole', async () => {
  const shown = tableOf(decisionsOf(await parsed(newDecision()))[0]);
  const refused = (/** @type {string} */ text) => assert.throws.bind(null, () => rulesFrom(shown, read(text)));
  refused('')(/empty/);
  refused('customer,total\n')(/“Discount \(discount\)” is missing/);
  refused('customer,total,discount,rate\n')(/Line 1, column 4: There is no column “rate”/);
  refused('customer,customer,discount\n')(/Line 1, column 2: .*twice/);
  refused('customer,total,discount\n1,2,3\n1,2\n')(/Line 3: There are 2 cells, and 3 columns/);
  refused(`customer,total,discount\n${'1,2,3\n'.repeat(2001)}`)(/more than 2000 rules/);
});

// -- from a task of a diagram
test('a business rule task leads to its decision, however it names it', () => {
  const task = (/** @type {Record<string, any>} */ values, /** @type {any[]} */ ...extensions) => ({
    ...{ id: 'task', name: values.name, extensionElements: { values: extensions } },
    get: (/** @type {string} */ name) => values[name],
  });
  assert.equal(decisionOf(task({ 'camunda:decisionRef': 'dish' })), 'dish');
  assert.equal(decisionOf(task({}, { $type: 'zeebe:calledDecision', decisionId: 'dish' })), 'dish');
  assert.equal(decisionOf(task({}, { $type: 'spiffworkflow:calledDecisionId', $body: ' dish ' })), 'dish');
  assert.equal(decisionOf(task({})), '');
  for (const computed of ['${key}', '= key']) assert.equal(decisionOf(task({ 'camunda:decisionRef': computed })), null);
  assert.equal(decisionOf(task({ 'camunda:topic': 'decide' })), null);
  assert.deepEqual(madeFor(task({ name: 'Set 2nd rate' })), {
    'camunda:decisionRef': 'set_2nd_rate',
    'camunda:resultVariable': 'set_2nd_rate',
    'camunda:mapDecisionResult': 'singleEntry',
  });
  assert.equal(madeFor(task({ 'camunda:resultVariable': 'rate' }))['camunda:resultVariable'], 'rate');
  const address = editorOf(task({ name: 'A & B', 'camunda:decisionRef': 'dish' }), 'draft');
  assert.equal(address, '/decisions/editor?key=dish&name=A+%26+B&process=draft&element=task');
});

// -- versions of DMN
test('files of other versions are opened and saved as what they were', () => {
  const xml =
    '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:x="https://www.omg.org/spec/DMN/20230324/DMNDI/"/>';
  const { xml: inside, version } = opened(xml);
  assert.equal(version, '1.5');
  assert.ok(inside.includes(MODEL));
  assert.equal(saved(inside, version), xml);
  const own = `<definitions xmlns="${MODEL}"/>`;
  assert.deepEqual(opened(own), { xml: own, version: '1.3' });
  assert.equal(saved(own, '1.3'), own);
  assert.throws(() => opened('<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>'), /DMN 1\.1/);
});

test('what the editor would lose is told before it is opened', async () => {
  const xml = `<definitions xmlns="${MODEL}" id="d" name="d" namespace="n"><decision id="a" name="a"><conditional id="c"><if/></conditional></decision></definitions>`;
  const { warnings } = await new DmnModdle().fromXML(xml, 'dmn:Definitions');
  assert.match(lostIn(warnings), /<conditional>/);
  assert.equal(lostIn([{ message: 'unresolved reference <x>' }]), '');
});
