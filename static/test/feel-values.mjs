/**
 * What feelin, the FEEL of bpmn.io's editors, makes of expressions, for the server's tests: reads JSON lines
 * `{text, context}` or `{text, context, input}` (unary tests of that input) and prints a tagged value for each line.
 */
import { createInterface } from 'node:readline';
import { evaluate, SyntaxError as FeelSyntaxError, unaryTest } from '@bpmn-io/feelin';

const KINDS = { years: ['months', 12], quarters: ['months', 3], months: ['months', 1] };
const SECONDS = { weeks: 604800, days: 86400, hours: 3600, minutes: 60, seconds: 1, milliseconds: 0.001 };

const isContext = (value) => Object.getPrototypeOf(value) === Object.prototype;
/** The first test that holds says how a value is written. */
const WRITERS = [
  [(value) => value === null || value === undefined, () => null],
  [(value) => typeof value === 'boolean', (value) => value],
  [(value) => typeof value === 'number', (value) => ({ number: String(value) })],
  [(value) => typeof value === 'string', (value) => ({ string: value })],
  [Array.isArray, (value) => value.map(tagged)],
  [isContext, (value) => ({ context: Object.entries(value).map(([key, inner]) => [key, tagged(inner)]) })],
  [(value) => value.isLuxonDateTime, moment],
  [(value) => value.isLuxonDuration, duration],
  [(value) => 'start included' in value, range],
  [() => true, () => ({ function: '' })],
];

/** null and booleans as they are; else {kind: text}, lists as arrays, contexts as {context: [[key, value], ...]}. */
function tagged(value) {
  return WRITERS.find(([holds]) => holds(value))[1](value);
}

function zoneOf(value) {
  const { zone, offset } = value;
  if (zone.type === 'system') return '';
  if (zone.type === 'iana') return `@${zone.name}`;
  return offset ? value.toFormat('ZZ') : 'Z';
}

/** feelin has one class for dates, times, and date and times: a time is of 1900-01-01, a date is midnight in UTC. */
function moment(value) {
  const zone = zoneOf(value);
  const day = value.toISODate();
  const time =
    value.toFormat('HH:mm:ss.SSS').replace(/\.(000|(\d*?)0+)$/, (_, whole, kept) => (kept ? `.${kept}` : '')) + zone;
  if (day === '1900-01-01') return { time };
  const isDate = zone === 'Z' && value.toMillis() % 86400000 === 0;
  return isDate ? { date: day } : { 'date and time': `${day}T${time}` };
}

/** Months or seconds, or both where feelin mixes them. */
function duration(value) {
  const parts = Object.entries(value.toObject());
  const months = parts.reduce((sum, [unit, count]) => sum + count * (KINDS[unit]?.[1] ?? 0), 0);
  const seconds = parts.reduce((sum, [unit, count]) => sum + count * (SECONDS[unit] ?? 0), 0);
  if (parts.some(([unit]) => unit in KINDS) && !seconds) return { months: String(months) };
  return months ? { mixed: `${months} ${seconds}` } : { days: String(Number(seconds.toFixed(3))) };
}

function range(value) {
  const ends = [tagged(value.start), tagged(value.end)];
  return { range: [value['start included'] ? '[' : '(', ...ends, value['end included'] ? ']' : ')'] };
}

function answer({ text, context, input }) {
  try {
    if (input === undefined) return tagged(evaluate(text, context).value);
    return tagged(unaryTest(text, { ...context, '?': input }).value);
  } catch (error) {
    return { error: error instanceof FeelSyntaxError ? 'syntax' : 'failure' };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
