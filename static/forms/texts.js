/** The island's own words. A page passes translations in `texts`. */
export const TEXTS = {
  optional: '(optional)',
  notANumber: 'This is not a number. Write digits, with a point before decimals.',
  oneWrong: 'One value has to be corrected.',
  someWrong: '{count} values have to be corrected.',
  kept: 'What you typed before is still here.',
  startOver: 'Start over',
  required: 'Fill this in.',
  requiredChoice: 'Choose one.',
  requiredTick: 'This must be ticked.',
};
