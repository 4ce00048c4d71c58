/**
 * Open a local file by a button.
 * @param {(text: string, name: string) => void} open
 * @param {string} accept
 * @returns {() => void} shows the file dialog
 */
export function chooser(open, accept) {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.addEventListener('change', () => {
    take(input.files?.[0], open);
    input.value = '';
  });
  return () => input.click();
}

/** @param {File | undefined} file @param {(text: string, name: string) => void} open */
const take = async (file, open) => file && open(await file.text(), file.name);

/**
 * Open a local file: by the button, or dropped on the canvas.
 * @param {HTMLElement} root
 * @param {(text: string, name: string) => void} open
 * @param {string} accept
 * @returns {() => void} shows the file dialog
 */
export function acceptFiles(root, open, accept = '.bpmn,.xml,application/xml') {
  root.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    root.dataset.dropping = '';
  });
  root.addEventListener('dragleave', (event) => {
    if (!root.contains(/** @type {Node | null} */ (event.relatedTarget))) delete root.dataset.dropping;
  });
  root.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    delete root.dataset.dropping;
    take(event.dataTransfer.files[0], open);
  });
  return chooser(open, accept);
}
