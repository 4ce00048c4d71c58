/** The island's own words. A page passes translations in `texts`. */
export const TEXTS = {
  keyboard: 'Diagram. Arrow keys go from element to element.',
  fit: 'Show all',
  nearer: 'Zoom in',
  farther: 'Zoom out',
  legend: 'Legend',
  close: 'Close',
  person: 'waits for a person',
  job: 'waits for a program',
  timer: 'waits for a time',
  message: 'waits for a message',
  signal: 'waits for a signal',
  call: 'waits for the process that it called',
  token: 'is here',
  done: 'Passed',
  notReached: 'Not reached',
  here: '{count} here',
  incident: 'Incident: needs somebody',
  incidents: '{count} incidents',
  oneIncident: '1 incident',
};

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
