import Modeler from 'dmn-js/lib/Modeler';
import { rendererColours } from '../viewer/theme.js';
import requirementsModule from './requirements.js';
import rulesModule from './csv/rules.js';

/**
 * dmn-js with everything that needs no page around it.
 * @param {HTMLElement} container
 * @returns {any}
 */
export function createEditor(container) {
  return new Modeler({
    container,
    drd: { drdRenderer: rendererColours },
    decisionTable: { additionalModules: [requirementsModule, rulesModule] },
    literalExpression: { additionalModules: [requirementsModule] },
  });
}
