import Modeler from 'bpmn-js/lib/Modeler';
import ColorPickerModule from 'bpmn-js-color-picker';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import NativeCopyPasteModule from 'bpmn-js-native-copy-paste';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import GridModule from 'diagram-js-grid';
import MinimapModule from 'diagram-js-minimap';
import { rendererColours } from '../viewer/theme.js';
import changeModule from './change.js';
import keepModule from './keep.js';

/**
 * bpmn-js with everything that needs no page around it.
 * @param {HTMLElement} container
 * @returns {any}
 */
export function createModeler(container) {
  return new Modeler({
    container,
    bpmnRenderer: rendererColours,
    moddleExtensions: { camunda },
    minimap: { open: false },
    additionalModules: [
      GridModule,
      MinimapModule,
      ColorPickerModule,
      CreateAppendAnythingModule,
      NativeCopyPasteModule,
      changeModule,
      keepModule,
    ],
  });
}
