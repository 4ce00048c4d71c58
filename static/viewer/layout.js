/**
 * A file from another tool may hold the process without a drawing. It gets one, and is not changed otherwise: the
 * drawing is put into the text as it came.
 */

const DRAWING = /<([\w.-]+):BPMNDiagram[\s\S]*<\/\1:BPMNDiagram>/;
const NAMESPACES =
  'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" ' +
  'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"';

/** @param {string} xml */
export const hasDrawing = (xml) => /<(?:[\w.-]+:)?BPMNShape[\s>]/.test(xml);

/**
 * @param {string} xml
 * @returns {Promise<string>}
 */
export async function withLayout(xml) {
  if (hasDrawing(xml)) return xml;
  const { layoutProcess } = await import('bpmn-auto-layout');
  return withDrawing(xml, await layoutProcess(xml));
}

/**
 * @param {string} xml
 * @param {string} drawn the same file with a drawing
 */
export function withDrawing(xml, drawn) {
  const drawing = DRAWING.exec(drawn)?.[0].replace(/^<([\w.-]+):BPMNDiagram/, `<$1:BPMNDiagram ${NAMESPACES}`);
  if (!drawing) return xml;
  const bare = xml.replace(DRAWING, '').replace(/<[\w.-]+:BPMNDiagram[^>]*\/>/, '');
  return bare.replace(/<\/(?:[\w.-]+:)?definitions\s*>\s*$/, (end) => `${drawing}${end}`);
}
