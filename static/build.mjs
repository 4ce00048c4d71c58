/**
 * Bundle the browser code into the Python package: `node build.mjs [--watch]`.
 *
 * Entries are every `<folder>/page.js` (a page), `<folder>/index.js` of an island, and `css/*.css`. The result is
 * `manifest.json`: the logical name ("modeler/page.js", "viewer/index.css") to the file with its hash, so that the
 * server can send every file with a lifetime of a year. Nothing happens when no source changed.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const outdir = join(root, '..', 'server', 'stellwerk', 'web', 'built');
const manifestFile = join(outdir, 'manifest.json');
const stampFile = join(outdir, 'sources.sha256');
const skipped = new Set(['node_modules', 'test']);
const watching = process.argv.includes('--watch');

/** @returns {Promise<string[]>} all source files, relative to this folder, in a stable order */
async function sources(folder = root) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await sources(path)));
    else found.push(relative(root, path).split(sep).join('/'));
  }
  return found.sort();
}

async function stampOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(await readFile(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function entriesOf(files) {
  return files.filter((file) => /^[^/]+\/(page|index)\.js$|^css\/[^/]+\.css$/.test(file));
}

function optionsFor(files) {
  return {
    absWorkingDir: root,
    entryPoints: entriesOf(files),
    outbase: root,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: !watching,
    sourcemap: watching,
    entryNames: '[dir]/[name]-[hash]',
    chunkNames: 'chunks/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    metafile: true,
    legalComments: 'none', // licenses.txt holds the whole texts
    // Each @font-face offers woff2 first; the older formats would only make the wheel larger.
    loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'file' },
    logLevel: 'warning',
  };
}

/** The public names of a build's outputs: of each entry, and of the style sheet that an entry's imports make. */
function manifestOf(metafile) {
  const names = {};
  const shown = (output) => relative(outdir, join(root, output)).split(sep).join('/');
  for (const [output, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
    if (!entryPoint || !entriesOf([entryPoint]).length) continue;
    names[entryPoint] = shown(output);
    if (cssBundle) names[entryPoint.replace(/\.js$/, '.css')] = shown(cssBundle);
  }
  return Object.fromEntries(Object.entries(names).sort());
}

/** The licences of all packages from which something is in the bundle, as they ask for. */
async function licencesOf(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  const texts = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, folder))).find((f) => /^licen[cs]e/i.test(f));
    const text = file ? await readFile(join(root, folder, file), 'utf8') : '';
    texts.push(`${name} ${version}\nLicence: ${license ?? 'see text'}\n\n${text}`.trim());
  }
  return texts.join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

async function removeStale(metafile) {
  const kept = new Set(Object.keys(metafile.outputs).map((output) => join(root, output)));
  for (const name of ['manifest.json', 'sources.sha256', 'licenses.txt']) kept.add(join(outdir, name));
  for (const entry of await readdir(outdir, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && !kept.has(path)) await rm(path, { force: true });
  }
}

async function publish(metafile, stamp) {
  await writeFile(join(outdir, 'licenses.txt'), await licencesOf(metafile));
  await writeFile(`${manifestFile}.new`, JSON.stringify(manifestOf(metafile), null, 1) + '\n');
  await rename(`${manifestFile}.new`, manifestFile); // last: who reads the manifest finds every file that it names
  await removeStale(metafile);
  await writeFile(stampFile, stamp);
}

async function buildOnce() {
  const files = await sources();
  const stamp = await stampOf(files);
  if (existsSync(manifestFile) && existsSync(stampFile) && (await readFile(stampFile, 'utf8')) === stamp) return;
  const { build } = await import('esbuild');
  await mkdir(outdir, { recursive: true });
  const { metafile } = await build(optionsFor(files));
  await publish(metafile, stamp);
  console.log(`Browser files built: ${Object.keys(metafile.outputs).length} files.`);
}

async function watch() {
  const { context } = await import('esbuild');
  await mkdir(outdir, { recursive: true });
  const files = await sources();
  const onEnd = async ({ errors, metafile }) => {
    if (errors.length) return;
    await publish(metafile, 'watching');
    console.log('Browser files built.');
  };
  const plugin = { name: 'publish', setup: (build) => void build.onEnd(onEnd) };
  await (await context({ ...optionsFor(files), plugins: [plugin] })).watch();
}

try {
  await (watching ? watch() : buildOnce());
} catch (error) {
  if (error.code === 'ERR_MODULE_NOT_FOUND') console.error('Run `npm ci` in the folder static first.');
  else if (!error.errors) console.error(error); // esbuild has printed its own findings
  process.exit(1);
}
