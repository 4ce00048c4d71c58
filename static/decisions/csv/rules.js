/** Replace all rules of the shown table, as one step of undo: `commandStack.execute('stellwerk.replaceRules', { rules })`. */
class ReplaceHandler {
  /** @param {any} modeling @param {any} sheet */
  constructor(modeling, sheet) {
    this.modeling = modeling;
    this.sheet = sheet;
  }

  /** @param {{ rules: import('./table.js').RuleTexts[] }} context */
  preExecute({ rules }) {
    for (const row of [...this.sheet.getRoot().rows].reverse()) this.modeling.removeRow(row);
    for (const rule of rules) this.#add(rule);
  }

  /** @param {import('./table.js').RuleTexts} rule */
  #add({ inputs, outputs, description }) {
    const row = this.modeling.addRow({ type: 'dmn:DecisionRule' });
    if (description) row.businessObject.description = description;
    [...inputs, ...outputs].forEach((text, at) => (row.cells[at].businessObject.text = text));
  }
}
ReplaceHandler.$inject = ['modeling', 'sheet'];

class Registration {
  /** @param {any} eventBus @param {any} commandStack */
  constructor(eventBus, commandStack) {
    eventBus.on('table.init', () => commandStack.registerHandler('stellwerk.replaceRules', ReplaceHandler));
  }
}
Registration.$inject = ['eventBus', 'commandStack'];

export default { __init__: ['stellwerkRules'], stellwerkRules: ['type', Registration] };
