import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BpmnModdle } from 'bpmn-moddle';
import { applyFix, changeOf } from '../modeler/problems/fix.js';
import { byId } from '../modeler/tree.js';

const XML = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="p" isExecutable="true">
    <task id="t" startQuantity="0"/>
    <exclusiveGateway id="g"/>
    <sequenceFlow id="f" sourceRef="g" targetRef="t"><conditionExpression>x</conditionExpression></sequenceFlow>
    <boundaryEvent id="b" attachedToRef="t" cancelActivity="false">
      <compensateEventDefinition id="d" activityRef="t"/>
    </boundaryEvent>
  </process>
</definitions>`;

const read = async () => (await new BpmnModdle().fromXML(XML)).rootElement;
const fix = (elementId, property, value) => ({ elementId, property, value, label: 'Do it' });

test('an object is found wherever it stands, and nothing is found twice over references', async () => {
  const definitions = await read();
  assert.equal(byId(definitions, 'd').$type, 'bpmn:CompensateEventDefinition');
  assert.equal(byId(definitions, 'f').targetRef.id, 't');
  assert.equal(byId(definitions, 'nowhere'), null);
});

test('values become what the property holds', async () => {
  const definitions = await read();
  const properties = (...parts) => changeOf(fix(...parts), definitions).properties;
  assert.deepEqual(properties('b', 'cancelActivity', 'true'), { cancelActivity: true });
  assert.deepEqual(properties('t', 'startQuantity', '1'), { startQuantity: 1 });
  assert.deepEqual(properties('t', 'name', 'A'), { name: 'A' });
  assert.deepEqual(properties('f', 'conditionExpression', null), { conditionExpression: undefined });
  assert.equal(properties('g', 'default', 'f').default.id, 'f');
});

test('a fix that does not fit any more changes nothing', async () => {
  const definitions = await read();
  assert.equal(changeOf(fix('gone', 'name', 'A'), definitions), null);
  assert.equal(changeOf(fix('g', 'default', 'gone'), definitions), null);
});

/** As much of bpmn-js as a fix uses. */
function modelerOf(definitions, drawn) {
  const done = [];
  const parts = {
    elementRegistry: { find: () => undefined, get: (id) => drawn.find((element) => element.businessObject.id === id) },
    canvas: { getRootElement: () => 'root' },
    commandStack: { execute: (command, context) => done.push([command, context.element, context.changes]) },
    modeling: { removeElements: (elements) => done.push(['remove', ...elements]) },
  };
  return { done, getDefinitions: () => definitions, get: (name) => parts[name] };
}

test('a change goes through the command stack, at what is drawn of it', async () => {
  const definitions = await read();
  const event = { businessObject: byId(definitions, 'b') };
  const modeler = modelerOf(definitions, [event]);
  assert.ok(applyFix(modeler, fix('d', 'activityRef', null)));
  const [[command, element, [change]]] = modeler.done;
  assert.deepEqual([command, element, change.moddleElement.id], ['stellwerk.change', event, 'd']);
  assert.deepEqual(change.properties, { activityRef: undefined });
  assert.ok(applyFix(modeler, fix('p', 'processType', 'Private')));
  assert.equal(modeler.done[1][1], 'root');
});

test('what is removed must be drawn', async () => {
  const definitions = await read();
  const flow = { businessObject: byId(definitions, 'f') };
  const modeler = modelerOf(definitions, [flow]);
  assert.ok(applyFix(modeler, fix('f', '', null)));
  assert.deepEqual(modeler.done, [['remove', flow]]);
  assert.ok(!applyFix(modeler, fix('d', '', null)));
});
