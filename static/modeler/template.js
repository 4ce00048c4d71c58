/** What is on a new canvas: a small process that runs as it is. Somebody asks, a person decides, and it ends. */

const shape = (/** @type {string} */ id, /** @type {number[]} */ [x, y, w, h], label = '') =>
  `<bpmndi:BPMNShape id="${id}_shape" bpmnElement="${id}"${id === 'approved' ? ' isMarkerVisible="true"' : ''}>` +
  `<dc:Bounds x="${x}" y="${y}" width="${w}" height="${h}"/>${label}</bpmndi:BPMNShape>`;
const label = (/** @type {number[]} */ [x, y, w, h]) =>
  `<bpmndi:BPMNLabel><dc:Bounds x="${x}" y="${y}" width="${w}" height="${h}"/></bpmndi:BPMNLabel>`;
const edge = (/** @type {string} */ id, /** @type {number[][]} */ points, words = '') =>
  `<bpmndi:BPMNEdge id="${id}_edge" bpmnElement="${id}">` +
  points.map(([x, y]) => `<di:waypoint x="${x}" y="${y}"/>`).join('') +
  `${words}</bpmndi:BPMNEdge>`;

/**
 * @param {{ name?: string, key?: string }} [names]
 * @returns {string}
 */
export function newDiagram({ name = 'New process', key = 'new_process' } = {}) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="http://bpmn.io/schema/bpmn" exporter="Stellwerk">
  <bpmn:process id="${key}" name="${name}" isExecutable="true">
    <bpmn:startEvent id="asked" name="Request made">
      <bpmn:extensionElements>
        <camunda:formData>
          <camunda:formField id="request" label="What do you ask for?" type="string">
            <camunda:validation><camunda:constraint name="required"/></camunda:validation>
          </camunda:formField>
        </camunda:formData>
      </bpmn:extensionElements>
      <bpmn:outgoing>to_decide</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="to_decide" sourceRef="asked" targetRef="decide"/>
    <bpmn:userTask id="decide" name="Decide on the request">
      <bpmn:extensionElements>
        <camunda:formData>
          <camunda:formField id="request" label="Request" type="string">
            <camunda:validation><camunda:constraint name="readonly"/></camunda:validation>
          </camunda:formField>
          <camunda:formField id="approved" label="Approved" type="boolean"/>
        </camunda:formData>
      </bpmn:extensionElements>
      <bpmn:incoming>to_decide</bpmn:incoming>
      <bpmn:outgoing>to_gateway</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="to_gateway" sourceRef="decide" targetRef="approved"/>
    <bpmn:exclusiveGateway id="approved" name="Approved?" default="no">
      <bpmn:incoming>to_gateway</bpmn:incoming>
      <bpmn:outgoing>yes</bpmn:outgoing>
      <bpmn:outgoing>no</bpmn:outgoing>
    </bpmn:exclusiveGateway>
    <bpmn:sequenceFlow id="yes" name="yes" sourceRef="approved" targetRef="granted">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=approved = true</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="no" name="no" sourceRef="approved" targetRef="declined"/>
    <bpmn:endEvent id="granted" name="Granted"><bpmn:incoming>yes</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="declined" name="Declined"><bpmn:incoming>no</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="${key}">
    ${shape('asked', [182, 182, 36, 36], label([155, 225, 90, 14]))}
    ${shape('decide', [290, 160, 100, 80])}
    ${shape('approved', [465, 175, 50, 50], label([445, 151, 90, 14]))}
    ${shape('granted', [602, 182, 36, 36], label([575, 225, 90, 14]))}
    ${shape('declined', [602, 292, 36, 36], label([575, 335, 90, 14]))}
    ${edge('to_decide', [
      [218, 200],
      [290, 200],
    ])}
    ${edge('to_gateway', [
      [390, 200],
      [465, 200],
    ])}
    ${edge(
      'yes',
      [
        [515, 200],
        [602, 200],
      ],
      label([541, 182, 36, 14]),
    )}
    ${edge(
      'no',
      [
        [490, 225],
        [490, 310],
        [602, 310],
      ],
      label([494, 258, 28, 14]),
    )}
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
`;
}
