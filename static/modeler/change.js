/**
 * One thing that somebody changes in the panel is one step of undo, however many parts of the file it touches:
 * `commandStack.execute('stellwerk.change', { element, changes: [{ moddleElement, properties }] })`.
 */
class ChangeHandler {
  /** @param {any} modeling */
  constructor(modeling) {
    this.modeling = modeling;
  }

  /** The changes run inside this command, so they are undone and repeated with it. @param {any} context */
  preExecute({ element, changes }) {
    for (const { moddleElement, properties } of changes) {
      // Names and ids of drawn elements also change labels and the register of ids.
      if (moddleElement === element.businessObject) this.modeling.updateProperties(element, properties);
      else this.modeling.updateModdleProperties(element, moddleElement, properties);
    }
  }
}
ChangeHandler.$inject = ['modeling'];

class Registration {
  /** @param {any} commandStack */
  constructor(commandStack) {
    commandStack.registerHandler('stellwerk.change', ChangeHandler);
  }
}
Registration.$inject = ['commandStack'];

export default { __init__: ['stellwerkChange'], stellwerkChange: ['type', Registration] };
