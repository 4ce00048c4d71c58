/** The decision editor's page: `[data-island="decisions"]` with `{draftId?, key?, version?, name?, process?}`. */
// The style sheets of the parts themselves: those that dmn-js carries along are older and know no theme.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'dmn-js-shared/assets/css/dmn-js-shared.css';
import 'dmn-js-drd/assets/css/dmn-js-drd.css';
import 'dmn-js-decision-table/assets/css/dmn-js-decision-table.css';
import 'dmn-js-decision-table/assets/css/dmn-js-decision-table-controls.css';
import 'dmn-js-literal-expression/assets/css/dmn-js-literal-expression.css';
import 'dmn-js-boxed-expression/assets/css/dmn-js-boxed-expression.css';
import 'dmn-js-boxed-expression/assets/css/dmn-js-boxed-expression-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import '../viewer/theme.css';
import '../modeler/modeler.css';
import '../modeler/panel/panel.css';
import './decisions.css';
import { mountAll } from '../viewer/island.js';
import { Workbench } from './workbench.js';

mountAll('decisions', async (root, config) => {
  const workbench = new Workbench(root, config ?? {});
  await workbench.open();
  return workbench;
});
