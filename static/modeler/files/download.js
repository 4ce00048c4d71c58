/** The diagram as a file: BPMN, SVG, PNG. */
import { withRealColours } from '../../viewer/theme.js';

const PNG_SCALE = 2;

/** @param {any} modeler @param {'bpmn' | 'svg' | 'png'} kind @returns {Promise<Blob>} */
export async function fileOf(modeler, kind) {
  if (kind === 'bpmn') {
    const { xml } = await modeler.saveXML({ format: true });
    return new Blob([xml], { type: 'application/xml' });
  }
  const { svg } = await modeler.saveSVG();
  const image = new Blob([withRealColours(svg)], { type: 'image/svg+xml' });
  return kind === 'svg' ? image : pngOf(image);
}

/** @param {Blob} svg @returns {Promise<Blob>} */
async function pngOf(svg) {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width * PNG_SCALE;
    canvas.height = image.height * PNG_SCALE;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(/** @type {Blob} */ (blob)), 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
