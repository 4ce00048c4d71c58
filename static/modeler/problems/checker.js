import { post } from '../../api.js';

const PAUSE = 500; // ms after the last change

/**
 * Asks the server what it thinks of the diagram, after a pause in drawing. An answer that a later question has
 * overtaken is dropped.
 */
export class Checker {
  /**
   * @param {() => Promise<string>} read the diagram as XML
   * @param {(problems: import('../../api.js').FileProblem[] | null, reason?: string) => void} show null: no answer
   * @param {(variables: string[]) => void} [know] the variables that the diagram writes
   * @param {string} [file] how the file is called
   */
  constructor(read, show, know = () => {}, file = 'diagram.bpmn') {
    this.read = read;
    this.show = show;
    this.know = know;
    this.file = file;
    this.asked = 0;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  async now() {
    clearTimeout(this.timer);
    const number = ++this.asked;
    this.request?.abort();
    this.request = new AbortController();
    try {
      const xml = await this.read();
      const answer = await post('/api/v1/deployments/check', filesOf(xml, this.file), { signal: this.request.signal });
      if (number !== this.asked) return;
      this.know(answer.variables ?? []);
      this.show(answer.problems);
    } catch (error) {
      const { name, problems, message } = /** @type {any} */ (error);
      if (name === 'AbortError' || number !== this.asked) return;
      this.show(problems?.length ? problems : null, message);
    }
  }
}

/** @param {string} xml @param {string} name */
export function filesOf(xml, name) {
  const form = new FormData();
  form.append('files', new Blob([xml], { type: 'application/xml' }), name);
  return form;
}
