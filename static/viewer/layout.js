/** A file from another tool may hold the process without a drawing: it is laid out, and not changed otherwise. */

/** @param {string} xml */
export const hasDrawing = (xml) => /<(?:[\w.-]+:)?BPMNShape[\s>]/.test(xml);

/**
 * @param {string} xml
 * @returns {Promise<string>}
 */
export async function withLayout(xml) {
  if (hasDrawing(xml)) return xml;
  const { layoutProcess } = await import('bpmn-auto-layout');
  return layoutProcess(xml);
}
