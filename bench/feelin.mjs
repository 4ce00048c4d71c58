/**
 * FEEL in V8: reads {module, text, context, rows, given, rounds, times} as JSON from standard input and writes
 * {condition, table}: microseconds of processor time of one evaluation, the median of the rounds.
 *
 * The library has no compiled form: each evaluation reads its text.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { module, text, context, rows, given, rounds, times } = JSON.parse(readFileSync(0, 'utf8'));
const { evaluate, unaryTest } = await import(pathToFileURL(module));

/** The outputs of the rules whose cells are all true, as a host of the library finds them. */
function matched() {
  return rows
    .filter(({ cells }) =>
      cells.every(([name, cell]) => cell === '-' || unaryTest(cell, { ...given, '?': given[name] }).value === true),
    )
    .map(({ output }) => evaluate(output, given).value);
}

function microseconds(work, count) {
  const found = [];
  for (let round = 0; round < rounds; round++) {
    const begin = process.cpuUsage();
    for (let time = 0; time < count; time++) work();
    const { user, system } = process.cpuUsage(begin);
    found.push((user + system) / count);
  }
  return found.sort((a, b) => a - b)[rounds >> 1];
}

const condition = () => evaluate(text, context).value;
console.log(
  JSON.stringify({
    values: [condition(), matched()],
    condition: microseconds(condition, times),
    table: microseconds(matched, Math.ceil(times / 50)),
  }),
);
