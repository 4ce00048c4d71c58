/** From the table's refused elements to the words in the ids of bpmn-js's menu entries. Pure. */

/** Where bpmn-js's word is not the element's name. */
const OTHER_WORDS = {
  adHocSubProcess: 'ad-hoc',
  businessRuleTask: 'rule-task',
  compensateEventDefinition: 'compensation',
  standardLoopCharacteristics: 'toggle-loop',
};

/**
 * @param {{ refused: Record<string, unknown> }} vocabulary
 * @returns {string[]}
 */
export function refusedWords(vocabulary) {
  return Object.keys(vocabulary.refused ?? {}).map(
    (tag) => OTHER_WORDS[/** @type {keyof typeof OTHER_WORDS} */ (tag)] ?? kebab(tag.replace('EventDefinition', '')),
  );
}

/**
 * @param {string} id of a menu entry, such as `replace-with-signal-end`
 * @param {string[]} words
 */
export function isOffered(id, words) {
  return !words.some((word) => `-${id}-`.includes(`-${word}-`));
}

/** @param {string} text */
const kebab = (text) => text.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
