import { request } from '../../api.js';

/** The draft on the server: one version after the other, each change guarded by the ETag that was read. */
export class DraftStore {
  /** @param {string | null} id @param {'bpmn' | 'dmn'} kind */
  constructor(id, kind) {
    this.id = id;
    this.kind = kind;
    /** @type {string | null} */
    this.etag = null;
  }

  async read() {
    const { body, etag } = await request('GET', `/api/v1/drafts/${this.id}`);
    this.etag = etag;
    return body;
  }

  /**
   * Raises ApiError with status 412 when somebody else saved first.
   * @param {{ name: string, content: string, definitionKey?: string | null }} draft
   */
  async save(draft) {
    const answer = this.id
      ? await request('PUT', `/api/v1/drafts/${this.id}`, { body: draft, etag: this.etag })
      : await request('POST', '/api/v1/drafts', { body: { kind: this.kind, ...draft } });
    this.id = answer.body.id;
    this.etag = answer.etag;
    return answer.body;
  }

  /** From now on another draft: what the other person saved stays as it is. */
  fork() {
    this.id = null;
    this.etag = null;
  }
}
