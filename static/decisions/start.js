/** What the editor begins with: a draft, what is deployed, or a new decision. */
import { get, post } from '../api.js';
import { time } from '../modeler/draft/keeper.js';
import { keyFrom } from '../modeler/key.js';
import { newDecision } from './template.js';

/** @typedef {{ xml: string, state: string, deployed: boolean }} Start */

const XML_ID = /^[A-Za-z_][\w.-]*$/;

/**
 * @param {import('./workbench.js').Config} config
 * @param {import('../modeler/draft/store.js').DraftStore} drafts
 * @returns {Promise<Start>}
 */
export async function startFrom({ key, version, name }, drafts) {
  if (drafts.id) return fromDraft(drafts);
  if (!key) return fresh(keyFrom(name ?? '', 'decision'), name);
  if (version)
    return { xml: await deployedFile(key, version), state: `Version ${version}, as deployed`, deployed: true };
  return lastOf(key, name, drafts);
}

/**
 * What somebody saved last of a decision: a draft, or what is deployed. A new one if there is none.
 * @param {string} key
 * @param {string | undefined} name
 * @param {import('../modeler/draft/store.js').DraftStore} drafts
 * @returns {Promise<Start>}
 */
async function lastOf(key, name, drafts) {
  const [newest, draft] = await Promise.all([newestOf(key), draftOf(key)]);
  if (draft && (!newest || draft.updatedAt > newest.deployedAt)) {
    drafts.id = draft.id;
    return fromDraft(drafts);
  }
  if (newest) return { xml: await deployedFile(key), state: 'As deployed', deployed: true };
  return fresh(XML_ID.test(key) ? key : keyFrom(key, 'decision'), name || key);
}

/** @param {string} key @param {string} [name] @returns {Start} */
const fresh = (key, name) => ({ xml: newDecision({ key, name }), state: 'New, not saved', deployed: false });

/** @param {import('../modeler/draft/store.js').DraftStore} drafts @returns {Promise<Start>} */
async function fromDraft(drafts) {
  const { content, definitionKey, updatedAt } = await drafts.read();
  const deployed = Boolean(definitionKey && (await newestOf(definitionKey)));
  return { xml: content, state: `Saved ${time(updatedAt)}`, deployed };
}

/** The draft of a decision that was saved last. @param {string} key */
async function draftOf(key) {
  const wanted = { filter: { kind: 'dmn', definitionKey: key }, page: { limit: 1 } };
  return (await post('/api/v1/drafts/search', wanted)).items[0] ?? null;
}

/** The newest version of a decision. @param {string} key */
async function newestOf(key) {
  return (
    (await post('/api/v1/decisions/search', { filter: { key, latest: true }, page: { limit: 1 } })).items[0] ?? null
  );
}

/** The file in which a decision is deployed. @param {string} key @param {string} [version] @returns {Promise<string>} */
function deployedFile(key, version) {
  const query = version ? `?version=${encodeURIComponent(version)}` : '';
  return get(`/api/v1/decisions/${encodeURIComponent(key)}/xml${query}`);
}
