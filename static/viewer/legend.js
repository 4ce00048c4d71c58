import { incidentSign, tokenSign, waitingSign } from './shapes.js';

/** @param {Record<string, string>} texts */
export function legend(texts) {
  const rows = [
    [tokenSign(2), texts.token],
    ...['person', 'job', 'timer', 'message', 'call'].map((reason) => [waitingSign(reason), texts[reason]]),
    [incidentSign(1), texts.incident],
    ['<span class="dv-legend-done"></span>', texts.done],
  ];
  const box = document.createElement('dl');
  box.className = 'dv-legend';
  box.hidden = true;
  for (const [sign, words] of rows) {
    const term = document.createElement('dt');
    term.innerHTML = sign;
    const meaning = document.createElement('dd');
    meaning.textContent = words;
    box.append(term, meaning);
  }
  return box;
}
