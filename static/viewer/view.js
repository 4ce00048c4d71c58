import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { get } from '../api.js';
import { FactsBox } from './facts.js';
import { withLayout } from './layout.js';
import { legend } from './legend.js';
import { describe, marksOf, orderOf } from './marks.js';
import { badge } from './shapes.js';
import { rendererColours } from './theme.js';
import { TEXTS } from './texts.js';
import { toolbar } from './toolbar.js';

const LEAST_READABLE = 0.55; // of the drawn size; below it, the words in the shapes cannot be read
const AIR = 0.96; // a diagram that fills its box keeps a little air around it
const OVERLAY_SCALE = { min: 0.9, max: 1.3 };

/** Where the signs stand: on the corner; at a boundary event below it, where they do not cover the activity's own. */
function placeOf(/** @type {any} */ element) {
  if (element.type === 'bpmn:BoundaryEvent') return { top: 26, left: -42 };
  return element.width < 60 ? { top: -24, left: -14 } : { top: -22, left: -10 };
}

/** One diagram with what runs in it. */
export class DiagramView {
  /**
   * @param {HTMLElement} root
   * @param {{ xml?: string, xmlUrl?: string, state?: import('./marks.js').State | null, texts?: object }} data
   */
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.texts = { ...TEXTS, ...data.texts };
    /** @type {string | null} */
    this.selected = null;
    /** @type {Set<string>} */
    this.walked = new Set();
    /** @type {Map<string, import('./marks.js').Mark>} */
    this.marks = new Map();
    /** @type {any[]} elements in the order of the keyboard */
    this.order = [];
    this.canvasHost = document.createElement('div');
    this.canvasHost.className = 'dv-canvas';
    root.classList.add('dv');
    root.append(this.canvasHost);
    /** @type {any} */
    this.viewer = new NavigatedViewer({
      container: this.canvasHost,
      bpmnRenderer: rendererColours,
      zoomScroll: { enabled: false }, // the page scrolls, until somebody works in the diagram
    });
    this.facts = new FactsBox(root, this.texts);
  }

  async open() {
    const xml = await withLayout(this.data.xml ?? (await get(/** @type {string} */ (this.data.xmlUrl))));
    await this.viewer.importXML(xml);
    this.canvas = this.viewer.get('canvas');
    this.registry = this.viewer.get('elementRegistry');
    this.overlays = this.viewer.get('overlays');
    this.order = orderOf(this.registry.filter((/** @type {any} */ e) => e.parent && !e.labelTarget && !e.waypoints));
    this.root.append(toolbar(this, this.texts));
    if (this.data.state) this.root.append(legend(this.texts));
    this.#listen();
    this.update(this.data.state ?? null);
    this.fit();
  }

  /** Show another state of the same diagram. @param {import('./marks.js').State | null} state */
  update(state) {
    this.state = state;
    this.overlays.remove({ type: 'state' });
    this.marks = state ? marksOf(state) : new Map();
    for (const [elementId, mark] of this.marks) {
      if (!this.registry.get(elementId)) continue;
      const html = badge(mark, describe(mark, this.#nameOf(elementId), this.texts));
      html.addEventListener('click', () => this.select(elementId));
      const position = placeOf(this.registry.get(elementId));
      this.overlays.add(elementId, 'state', { position, html, scale: OVERLAY_SCALE });
    }
    this.#walk(new Set([...(state?.done ?? []), ...(state?.flows ?? [])]));
    if (this.selected) this.#showFacts(this.selected);
  }

  /** @param {Set<string>} now the elements and flows that a token has passed */
  #walk(now) {
    for (const id of this.walked) if (!now.has(id) && this.registry.get(id)) this.canvas.removeMarker(id, 'is-done');
    for (const id of now) if (this.registry.get(id)) this.canvas.addMarker(id, 'is-done');
    this.walked = now;
  }

  /** The whole diagram; on a small screen the part where something happens, at a size that can be read. */
  fit() {
    this.canvas.resized();
    this.canvas.zoom('fit-viewport', 'auto');
    const scale = this.canvas.zoom();
    this.canvas.zoom(Math.min(1, scale * AIR), 'auto');
    if (scale >= LEAST_READABLE) return;
    this.canvas.zoom(LEAST_READABLE + 0.1);
    const first = [...this.marks.keys()].find((id) => this.registry.get(id)) ?? this.order[0]?.id;
    if (first) this.canvas.scrollToElement(first, { top: 60, bottom: 60, left: 40, right: 160 });
  }

  /** @param {number} step 1 nearer, -1 farther */
  zoom(step) {
    this.viewer.get('zoomScroll').stepZoom(step);
  }

  toggleLegend() {
    const box = /** @type {HTMLElement | null} */ (this.root.querySelector('.dv-legend'));
    if (box) box.hidden = !box.hidden;
  }

  /** Bring an element into view and select it. @param {string} elementId */
  show(elementId) {
    const element = this.registry.get(elementId);
    if (!element) return;
    this.canvas.scrollToElement(element, 80);
    this.select(elementId);
  }

  /** @param {string | null} elementId */
  select(elementId) {
    if (elementId !== null && !this.registry.get(elementId)) return;
    if (this.selected && this.registry.get(this.selected)) this.canvas.removeMarker(this.selected, 'is-chosen');
    const changed = this.selected !== elementId;
    this.selected = elementId;
    if (elementId) {
      this.canvas.addMarker(elementId, 'is-chosen');
      this.#showFacts(elementId);
    } else this.facts.close();
    if (changed) {
      this.root.dispatchEvent(new CustomEvent('stellwerk:select', { bubbles: true, detail: { elementId } }));
    }
  }

  /** @param {string} elementId */
  #nameOf(elementId) {
    const businessObject = this.registry.get(elementId)?.businessObject;
    return businessObject?.name || businessObject?.$type.replace('bpmn:', '') || elementId;
  }

  /** @param {string} elementId */
  #showFacts(elementId) {
    const element = this.registry.get(elementId);
    if (!element) return;
    const mark = this.marks.get(elementId);
    const box = this.canvas.getAbsoluteBBox(element);
    this.facts.show({
      name: this.#nameOf(elementId),
      type: element.type.replace('bpmn:', '').replace(/([a-z])([A-Z])/g, '$1 $2'),
      lines: this.state?.facts?.[elementId] ?? [],
      mark,
      action: this.#actionAt(element, mark),
      done: this.walked.has(elementId),
      box,
    });
  }

  /**
   * @param {any} element
   * @param {import('./marks.js').Mark | undefined} mark
   */
  #actionAt(element, mark) {
    const actions = this.state?.actions;
    const kinds = ['bpmn:FlowNode', 'bpmn:SequenceFlow'];
    if (!actions || !kinds.some((kind) => element.businessObject.$instanceOf(kind))) return undefined;
    const words = mark?.tokens || mark?.incidents ? actions.here : actions.elsewhere;
    return { words, href: actions.href + encodeURIComponent(element.id) };
  }

  #listen() {
    const bus = this.viewer.get('eventBus');
    bus.on('element.click', (/** @type {any} */ { element }) =>
      this.select(element.parent ? (element.labelTarget ?? element).id : null),
    );
    bus.on('canvas.viewbox.changing', () => this.facts.close());
    const zoomScroll = this.viewer.get('zoomScroll');
    this.canvasHost.addEventListener('focusin', () => zoomScroll.toggle(true));
    this.canvasHost.addEventListener('focusout', () => zoomScroll.toggle(false));
    const svg = /** @type {SVGElement} */ (this.canvasHost.querySelector('svg'));
    svg.setAttribute('tabindex', '0');
    svg.setAttribute('role', 'application');
    svg.setAttribute('aria-label', this.texts.keyboard);
    this.canvasHost.addEventListener('keydown', (event) => this.#key(event), true);
    this.root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.selected) this.select(null);
    });
    new ResizeObserver(() => this.canvas.resized()).observe(this.canvasHost);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || !this.order?.length) return;
    event.preventDefault();
    event.stopPropagation();
    const at = this.order.findIndex((element) => element.id === this.selected);
    const next = this.order[(at + step + this.order.length) % this.order.length];
    this.show(next.id);
  }
}
