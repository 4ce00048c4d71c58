/** Shapes take their colours from the theme, so that a diagram is dark in the dark. Colours of the file win. */
export const rendererColours = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-ink)',
  defaultLabelColor: 'var(--diagram-ink)',
};

/**
 * A drawing that leaves the page must not need its theme: names of colours become colours, those of the light theme.
 * @param {string} svg
 */
export function withRealColours(svg) {
  return svg.replace(/var\(--diagram-fill\)/g, '#ffffff').replace(/var\(--[\w-]+\)/g, '#22262b');
}
