/** The modeler's page: `[data-island="modeler"]` with `{draftId?, definitionId?, xml?, name?}`. */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import 'bpmn-js-color-picker/colors/color-picker.css';
import '../viewer/theme.css';
import './modeler.css';
import './panel/panel.css';
import { mountAll } from '../viewer/island.js';
import { Workbench } from './workbench.js';

mountAll('modeler', async (root, config) => {
  const workbench = new Workbench(root, config ?? {});
  await workbench.open();
  return workbench;
});
