/**
 * Marks on tables and diagrams: problems at their cells, and the rules that matched. A style sheet of its own marks them
 * by their ids, so that they stay whatever dmn-js renders anew.
 */

/** @typedef {import('./model.js').Place} Place */

export class Marks {
  /** @param {Document} page */
  constructor(page = document) {
    this.sheets = { problems: new CSSStyleSheet(), lit: new CSSStyleSheet() };
    page.adoptedStyleSheets = [...page.adoptedStyleSheets, this.sheets.problems, this.sheets.lit];
  }

  /** @param {{ place: Place, severity: string }[]} problems the worst first */
  problems(problems) {
    const serious = problems.filter(({ severity }) => severity !== 'info').reverse();
    this.sheets.problems.replaceSync(serious.map(({ place, severity }) => problemRules(place, severity)).join('\n'));
  }

  /** @param {Iterable<string>} ruleIds */
  lit(ruleIds) {
    this.sheets.lit.replaceSync([...ruleIds].map(litRules).join('\n'));
  }
}

/** @param {Place} place @returns {string[]} */
function selectorsOf({ kind, id }) {
  const own = `"${CSS.escape(id)}"`;
  const found = {
    cell: [`td[data-element-id=${own}]`],
    rule: [`td.rule-index[data-element-id=${own}]`],
    column: [`th[data-col-id=${own}]`],
    table: ['.decision-table-properties'],
    literal: ['.textarea'],
  };
  return found[/** @type {keyof typeof found} */ (kind)] ?? [];
}

/** @param {Place} place @param {string} severity */
function problemRules(place, severity) {
  const colour = `var(--md-${severity})`;
  // A table and a literal expression are marked only where they are shown, which the root tells.
  const shown = place.node ? `[data-shown="${CSS.escape(place.node.id)}"]` : '';
  const cells = selectorsOf(place).map((selector) => `.de${shown} ${selector}`);
  const sign = severity === 'error' ? '▲' : '◆';
  const drawn = place.node
    ? `.de .djs-element[data-element-id="${CSS.escape(place.node.id)}"] .djs-visual > :first-child { stroke: ${colour} !important; stroke-dasharray: 6 3; stroke-width: 3px !important; }`
    : '';
  if (!cells.length) return drawn;
  return `${cells.join(',')} { position: relative; box-shadow: inset 0 0 0 2px ${colour}; }
${cells.map((cell) => `${cell}::after`).join(',')} { content: '${sign}'; position: absolute; top: 1px; right: ${place.kind === 'rule' ? 26 : 5}px; color: ${colour}; font: 10px/12px var(--font); pointer-events: none; }
${drawn}`;
}

/** @param {string} id */
function litRules(id) {
  const row = `.de [data-row-id="${CSS.escape(id)}"]`;
  return `${row} { background: var(--de-lit) !important; border-block: 1px solid var(--de-lit-line) !important; }
${row}.rule-index { box-shadow: inset 4px 0 0 var(--de-lit-line); font-weight: 700; }
${row}.rule-index::before { content: '✓ ' / 'matched '; color: var(--de-lit-line); }`;
}
