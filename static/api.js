/**
 * The only module that talks to the server.
 *
 *   const task = await get(`/api/v1/tasks/${id}`);
 *   await post(`/api/v1/tasks/${id}/complete`, { variables });
 *
 * A refusal (RFC 9457 problem) becomes an ApiError that holds what the server said; no answer becomes an ApiError with
 * the code "offline".
 */

/**
 * @typedef {object} FieldError one finding about a submitted value
 * @property {string} path the field's key, or `variables.<name>`
 * @property {string} rule
 * @property {string} message
 */

/**
 * @typedef {object} Fix a change that certainly mends a finding
 * @property {string} elementId
 * @property {string} property an attribute or child; empty: the element itself goes
 * @property {string | null} value null: the property goes
 * @property {string} label
 */

/**
 * @typedef {object} FileProblem one finding about a diagram
 * @property {string} file
 * @property {number | null} line
 * @property {string | null} elementId
 * @property {string | null} elementName
 * @property {string} rule
 * @property {string} message
 * @property {'error' | 'warning' | 'info'} severity
 * @property {Fix | null} [fix]
 */

/**
 * @typedef {object} Options
 * @property {unknown} [body] sent as JSON; FormData is sent as it is
 * @property {Record<string, string>} [headers]
 * @property {string | null} [etag] sent as If-Match
 * @property {AbortSignal} [signal]
 */

/** What the server refused, in words for the reader, and in parts for the program. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {{ status?: number, code?: string, errors?: FieldError[], problems?: FileProblem[], body?: any }} parts
   */
  constructor(message, { status = 0, code = 'error', errors = [], problems = [], body = null } = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.problems = problems;
    this.body = body;
  }
}

const CHANGES_NOTHING = /\/(search|check|try)$/;

/** @param {Response} response */
async function bodyOf(response) {
  const type = response.headers.get('Content-Type') ?? '';
  if (response.status === 204) return null;
  return /[/+]json\b/.test(type) ? response.json() : response.text();
}

/**
 * @param {number} status
 * @param {any} body
 */
export function errorFrom(status, body) {
  const problem = body !== null && typeof body === 'object' ? body : {};
  const message = problem.detail || problem.title || `The server answered with status ${status}. Try again.`;
  return new ApiError(message, {
    status,
    code:
      problem.code ??
      String(problem.type ?? 'error')
        .split(/[/:#]/)
        .pop(),
    errors: problem.errors ?? [],
    problems: problem.problems ?? [],
    body,
  });
}

/** Another value for each intended change, so that a repeated request has one effect. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID exists in secure contexts only
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} options
 */
function headersFor(method, path, { body, headers, etag }) {
  /** @type {Record<string, string>} */
  const all = { Accept: 'application/json', ...headers };
  if (method !== 'GET') {
    const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content');
    if (token) all['X-CSRF-Token'] = token;
  }
  if (method === 'POST' && !CHANGES_NOTHING.test(path)) all['Idempotency-Key'] ??= newKey();
  if (body !== undefined && !(body instanceof FormData)) all['Content-Type'] = 'application/json';
  if (etag) all['If-Match'] = etag;
  return all;
}

/**
 * Send one request; the answer's body, and its ETag when there is one.
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<{ body: any, etag: string | null, status: number }>}
 */
export async function request(method, path, options = {}) {
  const { body, signal } = options;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      credentials: 'same-origin',
      headers: headersFor(method, path, options),
      body: body === undefined || body instanceof FormData ? /** @type {any} */ (body) : JSON.stringify(body),
    });
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') throw error;
    throw new ApiError('The server cannot be reached. Nothing was changed; try again in a moment.', {
      code: 'offline',
    });
  }
  const answer = await bodyOf(response);
  if (!response.ok) throw errorFrom(response.status, answer);
  return { body: answer, etag: response.headers.get('ETag'), status: response.status };
}

/**
 * @param {string} method
 * @returns {(path: string, options?: Options) => Promise<any>}
 */
const without = (method) => async (path, options) => (await request(method, path, options)).body;
/**
 * @param {string} method
 * @returns {(path: string, body?: unknown, options?: Options) => Promise<any>}
 */
const withBody = (method) => async (path, body, options) => (await request(method, path, { ...options, body })).body;

export const get = without('GET');
export const remove = without('DELETE');
export const post = withBody('POST');
export const put = withBody('PUT');
