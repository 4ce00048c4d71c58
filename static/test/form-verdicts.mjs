/**
 * What form-js says of values, for the server's tests: reads a JSON list of `{component, value}` and prints the list of
 * form-js's messages for each. No page is needed: the validator is asked itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parseHTML } from 'linkedom';

const { document, window } = parseHTML('<!doctype html><html><body></body></html>');
const names = ['HTMLElement', 'Node', 'Element', 'DocumentFragment'];
Object.assign(globalThis, { document, window }, Object.fromEntries(names.map((name) => [name, window[name]])), {
  KeyboardEvent: window.Event,
});
const folder = mkdtempSync(join(tmpdir(), 'verdicts-'));
const outfile = join(folder, 'form.mjs');
// Bundled as for the browser: the package's own files cannot be loaded by Node one by one.
await build({
  stdin: { contents: "export { Form } from '@bpmn-io/form-js-viewer'", resolveDir: import.meta.dirname },
  bundle: true,
  format: 'esm',
  outfile,
  logLevel: 'error',
});
const { Form } = await import(pathToFileURL(outfile).href);
rmSync(folder, { recursive: true });

let input = '';
for await (const chunk of process.stdin) input += chunk;
const form = new Form({ additionalModules: [{ renderer: ['value', {}] }] }); // nothing is shown
const verdicts = [];
for (const { component, value } of JSON.parse(input)) {
  await form.importSchema({ type: 'default', components: [{ id: 'field', ...component }] });
  try {
    verdicts.push(form.get('validator').validateField(form.get('formFieldRegistry').get('field'), value));
  } catch (error) {
    verdicts.push([`form-js itself fails: ${error.message}`]);
  }
}
process.stdout.write(JSON.stringify(verdicts));
