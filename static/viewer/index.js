/** Mounts a diagram on every `[data-island="viewer"]`; what goes in and out stands in docs/architecture.md. */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './theme.css';
import './viewer.css';
import { mountAll } from './island.js';
import { DiagramView } from './view.js';

mountAll('viewer', async (root, data) => {
  const view = new DiagramView(root, data);
  root.addEventListener('stellwerk:data', (event) => view.update(/** @type {CustomEvent} */ (event).detail.state));
  root.addEventListener('stellwerk:focus', (event) => view.show(/** @type {CustomEvent} */ (event).detail.elementId));
  await view.open();
  return view;
});
