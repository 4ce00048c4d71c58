const SIGNS = {
  fit: '<path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"/>',
  nearer: '<path d="M8 3v10M3 8h10"/>',
  farther: '<path d="M3 8h10"/>',
  legend: '<path d="M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.4-1 .8-1 1.6M8 12.4v.2"/>',
};

/**
 * @param {keyof typeof SIGNS} name
 * @param {string} label
 * @param {() => void} action
 */
function button(name, label, action) {
  const element = document.createElement('button');
  element.type = 'button';
  element.title = label;
  element.setAttribute('aria-label', label);
  element.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true">${SIGNS[name]}</svg>`;
  element.addEventListener('click', action);
  return element;
}

/**
 * @param {import('./view.js').DiagramView} view
 * @param {Record<string, string>} texts
 */
export function toolbar(view, texts) {
  const bar = document.createElement('div');
  bar.className = 'dv-tools';
  bar.append(
    button('farther', texts.farther, () => view.zoom(-1)),
    button('nearer', texts.nearer, () => view.zoom(1)),
    button('fit', texts.fit, () => view.fit()),
  );
  if (view.data.state) bar.append(button('legend', texts.legend, () => view.toggleLegend()));
  return bar;
}
