/**
 * Open a local file: by the button, or dropped on the canvas.
 * @param {HTMLElement} root
 * @param {(text: string, name: string) => void} open
 * @returns {() => void} shows the file dialog
 */
export function acceptFiles(root, open) {
  const take = async (/** @type {File | undefined} */ file) => file && open(await file.text(), file.name);
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.bpmn,.xml,application/xml';
  input.addEventListener('change', () => {
    take(input.files?.[0]);
    input.value = '';
  });
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
    take(event.dataTransfer.files[0]);
  });
  return () => input.click();
}
