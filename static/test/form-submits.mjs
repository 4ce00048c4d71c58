/**
 * What form-js sends, for the server's tests: reads a JSON list of `{schema, data, typed}` and prints for each
 * `{data, errors}`: what the form holds that would be submitted, and the ids of the fields that have an error.
 * `typed` is a list of `{id, indexes, value}`, put into the form one after the other, as if somebody typed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parseHTML } from 'linkedom';

const { document, window } = parseHTML('<!doctype html><html><body><main></main></body></html>');
const names = ['HTMLElement', 'Node', 'Element', 'DocumentFragment', 'MutationObserver'];
Object.assign(globalThis, { document, window }, Object.fromEntries(names.map((name) => [name, window[name]])), {
  KeyboardEvent: window.Event,
  requestAnimationFrame: (callback) => setImmediate(callback),
  cancelAnimationFrame: clearImmediate,
});
window.getComputedStyle = () => ({ getPropertyValue: () => '0' }); // linkedom lays nothing out
const folder = mkdtempSync(join(tmpdir(), 'submits-'));
const outfile = join(folder, 'form.mjs');
await build({
  stdin: { contents: "export { Form } from '@bpmn-io/form-js-viewer'", resolveDir: import.meta.dirname },
  bundle: true,
  format: 'esm',
  outfile,
  logLevel: 'error',
});
const { Form } = await import(pathToFileURL(outfile).href);
rmSync(folder, { recursive: true });

/** Until what was rendered changes nothing any more. */
async function settled(form) {
  for (let state = null; state !== form._getState();) {
    state = form._getState();
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** As the page does: what is computed only for the submit is shown before it, and conditions see it. */
async function computed(form) {
  for (let state = null; state !== form._getState();) {
    await settled(form);
    state = form._getState();
    form._emit('presubmit');
    if (JSON.stringify(state.data) === JSON.stringify(form._getState().data)) break;
  }
  await settled(form);
}

async function submitted({ schema, data, typed }) {
  const container = document.createElement('div');
  document.querySelector('main').append(container);
  const form = new Form({ container, debounce: false });
  await form.importSchema(schema, data);
  await settled(form);
  for (const { id, indexes, value } of typed) {
    const instances = form.get('formFieldInstanceRegistry').getAllKeyed();
    const fieldInstance = instances.find(
      (one) => one.id === id && JSON.stringify(Object.values(one.indexes ?? {})) === JSON.stringify(indexes),
    );
    const field = form.get('formFieldRegistry').get(id);
    if (!fieldInstance || field.disabled || field.readonly === true) continue; // nobody can type there
    form._update({ fieldInstance, value });
    await settled(form);
  }
  await computed(form);
  const found = form.submit();
  const result = { data: found.data, errors: found.errors };
  form.destroy();
  container.remove();
  return result;
}

let input = '';
for await (const chunk of process.stdin) input += chunk;
const cases = JSON.parse(input);
const results = new Array(cases.length);
let next = 0;
/** Works on one form after the other; several of these wait together. */
async function work() {
  while (next < cases.length) {
    const at = next++;
    results[at] = await submitted(cases[at]).catch((error) => ({ failure: error.message }));
  }
}
await Promise.all(Array.from({ length: 10 }, work));
process.stdout.write(JSON.stringify(results), () => process.exit(0));
