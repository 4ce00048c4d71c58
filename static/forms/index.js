/**
 * Mounts a form on every `[data-island="form"]`. It stands in the page's `<form method="post">` with
 * `<input type="hidden" name="variables">` and the submit button; see docs/forms.md.
 */
import '@bpmn-io/form-js-viewer/dist/assets/form-js-base.css';
import '@bpmn-io/form-js-viewer/dist/assets/flatpickr/light.css';
import './forms.css';
import { mountAll } from '../viewer/island.js';
import { Draft } from './draft.js';
import { FormView } from './form.js';
import { takeOver } from './submit.js';
import { TEXTS } from './texts.js';
import { merged } from './values.js';

mountAll('form', async (root, data) => {
  const texts = { ...TEXTS, ...data.texts };
  const page = root.closest('form');
  // A page that says what is wrong has the address that the form was sent to; it is the same form.
  const draft = new Draft(sessionStorage, location.pathname.replace(/\/complete$/, ''));
  const errors = data.errors ?? [];
  const kept = errors.length ? null : draft.read({ cameBack: cameBack() });
  const view = new FormView(root, { ...data, data: kept ? merged(data.data ?? {}, kept) : data.data, texts });
  await view.open();
  if (kept && !data.readOnly) view.notice(texts.kept, { text: texts.startOver, action: () => startOver(draft) });
  view.onChange(() => draft.write(view.values()));
  if (page && !data.readOnly) takeOver(page, view, draft);
  if (errors.length) view.showErrors(errors, { focus: true });
  return view;
});

/** Whether the reader is here again after a sign-in, a reload or a step back. */
function cameBack() {
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  return /\/sign-in(\/|$|\?)/.test(document.referrer) || ['reload', 'back_forward'].includes(navigation?.type);
}

/** @param {Draft} draft */
function startOver(draft) {
  draft.clear();
  location.reload();
}
