/**
 * The editor knows DMN 1.3. Files of 1.2, 1.4 and 1.5 differ from it in their namespaces; what they have besides is
 * refused when it would be lost. They are saved in the version that they came in. Pure.
 */

const MODEL = (/** @type {string} */ part) => `https://www.omg.org/spec/DMN/${part}/MODEL/`;
const DRAWING = (/** @type {string} */ part) => `https://www.omg.org/spec/DMN/${part}/DMNDI/`;
const KNOWN = [MODEL('20191111'), DRAWING('20191111')];

/** @type {Record<string, string[]>} */
const OTHERS = {
  1.2: ['http://www.omg.org/spec/DMN/20180521/MODEL/', 'http://www.omg.org/spec/DMN/20180521/DMNDI/'],
  1.4: [MODEL('20211108'), DRAWING('20211108')],
  1.5: [MODEL('20230324'), DRAWING('20230324')],
};
const OLD = 'http://www.omg.org/spec/DMN/20151101/dmn.xsd';

/**
 * The file as the editor reads it, and the version that it came in.
 * @param {string} xml
 * @returns {{ xml: string, version: string }}
 */
export function opened(xml) {
  if (xml.includes(`"${OLD}"`)) {
    throw new Error('The file is DMN 1.1, which has no diagram. Open it in a tool that saves DMN 1.2 or newer first.');
  }
  const found = Object.entries(OTHERS).find(([, [model]]) => xml.includes(`"${model}"`));
  return found ? { xml: replaced(xml, found[1], KNOWN), version: found[0] } : { xml, version: '1.3' };
}

/** @param {string} xml @param {string} version */
export const saved = (xml, version) => (OTHERS[version] ? replaced(xml, KNOWN, OTHERS[version]) : xml);

/** @param {string} xml @param {string[]} from @param {string[]} to */
function replaced(xml, from, to) {
  return from.reduce((text, name, at) => text.replaceAll(`"${name}"`, `"${to[at]}"`), xml);
}

/**
 * What was read and would be lost on saving, as a sentence; empty if nothing.
 * @param {{ message: string }[]} warnings of the reader
 */
export function lostIn(warnings) {
  const lost = warnings.map(({ message }) => /unparsable content <([^>]+)>/.exec(message)?.[1]).filter(Boolean);
  if (!lost.length) return '';
  const names = [...new Set(lost)].map((name) => `<${name}>`).join(', ');
  return `It holds ${names}, which this editor would lose. Change the file as text and import it.`;
}
