/** A new decision: two inputs, one table that covers everything, as people would write one. */

const MODEL = 'https://www.omg.org/spec/DMN/20191111/MODEL/';

/** [id, customer, order total, discount, why] */
const RULES = [
  ['business_large', '"business"', '>= 1000', '0.15', 'Business customers with a large order'],
  ['business_small', '"business"', '< 1000', '0.10', ''],
  ['private', '"private"', '-', '0', ''],
];

/** @param {string} text */
const escaped = (text) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const input = (/** @type {string} */ name, /** @type {string} */ type) => `
  <inputData id="${name}_input" name="${name}"><variable id="${name}_variable" name="${name}" typeRef="${type}"/></inputData>`;

const requirement = (/** @type {string} */ name) => `
    <informationRequirement id="needs_${name}"><requiredInput href="#${name}_input"/></informationRequirement>`;

const rule = (/** @type {string[]} */ [id, customer, total, discount, why]) => `
      <rule id="${id}">${why ? `<description>${why}</description>` : ''}
        <inputEntry id="${id}_customer"><text>${escaped(customer)}</text></inputEntry>
        <inputEntry id="${id}_total"><text>${escaped(total)}</text></inputEntry>
        <outputEntry id="${id}_discount"><text>${discount}</text></outputEntry>
      </rule>`;

const shape = (/** @type {string} */ id, /** @type {number[]} */ [x, y, width, height]) => `
    <dmndi:DMNShape id="${id}_shape" dmnElementRef="${id}"><dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}"/></dmndi:DMNShape>`;

const edge = (/** @type {string} */ id, /** @type {number[][]} */ points) => `
    <dmndi:DMNEdge id="${id}_edge" dmnElementRef="${id}">${points.map(([x, y]) => `<di:waypoint x="${x}" y="${y}"/>`).join('')}</dmndi:DMNEdge>`;

/**
 * @param {{ key?: string, name?: string }} [names]
 * @returns {string}
 */
export function newDecision({ key = 'new_decision', name = 'New decision' } = {}) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="${MODEL}" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:di="http://www.omg.org/spec/DMN/20180521/DI/" id="definitions_${key}" name="${escaped(name)}" namespace="urn:stellwerk:decision:${key}" exporter="Stellwerk">${input('customer', 'string')}${input('total', 'number')}
  <decision id="${key}" name="${escaped(name)}"><variable id="${key}_variable" name="${escaped(name)}" typeRef="number"/>${requirement('customer')}${requirement('total')}
    <decisionTable id="${key}_table" hitPolicy="UNIQUE">
      <input id="customer_column" label="Customer"><inputExpression id="customer_expression" typeRef="string"><text>customer</text></inputExpression><inputValues id="customer_values"><text>"business","private"</text></inputValues></input>
      <input id="total_column" label="Order total"><inputExpression id="total_expression" typeRef="number"><text>total</text></inputExpression></input>
      <output id="discount_column" label="Discount" name="discount" typeRef="number"/>${RULES.map(rule).join('')}
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="diagram">${shape(key, [220, 100, 180, 80])}${shape('customer_input', [160, 260, 125, 45])}${shape('total_input', [335, 260, 125, 45])}${edge(
    'needs_customer',
    [
      [222.5, 260],
      [280, 200],
      [280, 180],
    ],
  )}${edge('needs_total', [
    [397.5, 260],
    [340, 200],
    [340, 180],
  ])}
  </dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
`;
}
