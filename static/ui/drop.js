/** Files that are dropped anywhere go to the import page's form and are deployed; its answer is the report. */
const ACCEPTED = /\.(bpmn|xml|form|json|dmn)$/i;

/** @param {Document} document */
export function dropAnywhere(document) {
  const { importUrl } = document.body.dataset;
  if (!importUrl) return;
  const hold = (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  };
  document.addEventListener('dragenter', hold);
  document.addEventListener('dragover', hold);
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    document.body.classList.remove('dropping');
    const files = [...(event.dataTransfer?.files ?? [])].filter((file) => ACCEPTED.test(file.name));
    if (event.defaultPrevented || !files.length) return;
    event.preventDefault();
    send(document, importUrl, files);
  });
}

/**
 * The import page with these files in its form, sent: the browser then shows the report like after choosing them.
 * @param {Document} document
 * @param {string} url
 * @param {File[]} files
 */
function send(document, url, files) {
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: url, enctype: 'multipart/form-data', hidden: true });
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  const input = Object.assign(document.createElement('input'), { type: 'file', name: 'files', multiple: true });
  input.files = chosen.files;
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? '';
  const csrf = Object.assign(document.createElement('input'), { type: 'hidden', name: 'csrf_token', value: token });
  form.append(input, csrf);
  document.body.append(form);
  form.submit();
}
