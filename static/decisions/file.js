import { DmnModdle } from 'dmn-moddle';
import { lostIn, opened } from './versions.js';

/**
 * A file as the editor can show and save it, before anything that is shown makes way for it. Raises Error for what it
 * cannot read, or would lose on saving.
 * @param {string} xml
 */
export async function fileFrom(xml) {
  const file = opened(xml);
  const { warnings } = await new DmnModdle().fromXML(file.xml, 'dmn:Definitions');
  const lost = lostIn(warnings);
  if (lost) throw new Error(lost);
  return file;
}
