/**
 * Give a decision an input that its columns read: input data, the requirement, and both in the diagram, as one step of
 * undo: `commandStack.execute('stellwerk.provide', { decision, name, type })`.
 */
import { is } from './model.js';

const SIZE = { width: 125, height: 45 };
const [GAP, BELOW] = [30, 80];

class ProvideHandler {
  /** @param {any} modeling @param {any} moddle */
  constructor(modeling, moddle) {
    this.modeling = modeling;
    this.moddle = moddle;
  }

  /** @param {{ decision: any, name: string, type: string }} context */
  preExecute({ decision, name, type }) {
    const definitions = decision.$parent;
    const there = definitions.get('drgElement').find((/** @type {any} */ node) => isInput(node, name));
    const input = there ?? this.#input(definitions, name, type);
    const requirement = this.#made('dmn:InformationRequirement', decision, {});
    requirement.requiredInput = this.moddle.create('dmn:DMNElementReference', { href: `#${input.id}` });
    requirement.requiredInput.$parent = requirement;
    if (!there) this.#add(definitions, 'drgElement', [input]);
    this.#add(decision, 'informationRequirement', [requirement]);
    this.#draw(definitions, decision, input, requirement);
  }

  /** @param {any} definitions @param {string} name @param {string} type */
  #input(definitions, name, type) {
    const input = this.#made('dmn:InputData', definitions, { name });
    input.variable = this.#made('dmn:InformationItem', input, { name, typeRef: type || undefined });
    return input;
  }

  /** @param {string} type @param {any} parent @param {object} properties */
  #made(type, parent, properties) {
    const object = this.moddle.create(type, properties);
    object.id = this.moddle.ids.nextPrefixed(`${type.replace(/^.*:/, '')}_`, object);
    object.$parent = parent;
    return object;
  }

  /** @param {any} owner @param {string} property @param {any[]} more */
  #add(owner, property, more) {
    this.modeling.updateProperties(owner, { [property]: [...(owner.get(property) ?? []), ...more] });
  }

  /** Beside the others, and connected; a file without a diagram stays without. @param {any[]} objects */
  #draw(...objects) {
    const [definitions, decision, input, requirement] = objects;
    const diagram = definitions.dmnDI?.diagrams?.[0];
    const shapes = (diagram?.diagramElements ?? []).filter((/** @type {any} */ one) => one.bounds);
    const of = (/** @type {any} */ object) => shapes.find((/** @type {any} */ one) => one.dmnElementRef === object);
    const target = of(decision);
    if (!target) return;
    const shape = of(input) ?? this.#shape(diagram, input, placeBeside(shapes, target.bounds));
    const [from, to] = [shape.bounds, target.bounds];
    const edge = this.#made('dmndi:DMNEdge', diagram, { dmnElementRef: requirement });
    edge.waypoint = [
      this.#point(edge, from.x + from.width / 2, from.y),
      this.#point(edge, to.x + to.width / 2, to.y + to.height),
    ];
    this.#add(diagram, 'diagramElements', [...(of(input) ? [] : [shape]), edge]);
  }

  /** @param {any} diagram @param {any} input @param {{ x: number, y: number }} at */
  #shape(diagram, input, at) {
    const shape = this.#made('dmndi:DMNShape', diagram, { dmnElementRef: input });
    shape.bounds = this.moddle.create('dc:Bounds', { ...at, ...SIZE });
    shape.bounds.$parent = shape;
    return shape;
  }

  /** @param {any} edge @param {number} x @param {number} y */
  #point(edge, x, y) {
    const point = this.moddle.create('dc:Point', { x, y });
    point.$parent = edge;
    return point;
  }
}
ProvideHandler.$inject = ['modeling', 'moddle'];

/** @param {any} node @param {string} name */
const isInput = (node, name) => is(node, 'dmn:InputData') && (node.variable?.name || node.name) === name;

/** Right of everything that stands below the decision. @param {any[]} shapes @param {any} target */
function placeBeside(shapes, target) {
  const below = shapes.map(({ bounds }) => bounds).filter(({ y }) => y >= target.y + target.height);
  const y = Math.min(...below.map((bounds) => bounds.y), target.y + target.height + BELOW);
  return { x: Math.max(target.x, ...below.map((bounds) => bounds.x + bounds.width + GAP)), y };
}

class Registration {
  /** @param {any} eventBus @param {any} commandStack */
  constructor(eventBus, commandStack) {
    // Tables and literal expressions take handlers from their beginning on.
    eventBus.on(['table.init', 'viewer.init'], () => commandStack.registerHandler('stellwerk.provide', ProvideHandler));
  }
}
Registration.$inject = ['eventBus', 'commandStack'];

export default { __init__: ['stellwerkRequirements'], stellwerkRequirements: ['type', Registration] };
