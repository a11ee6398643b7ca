// What was typed into a plain form that says so outlives a reload, as in the forms of a process.
import { forget, keep, kept } from '../form/drafts.js';

for (const form of document.querySelectorAll('form[data-keep]')) {
  const key = form.dataset.keep;
  const fields = [...form.querySelectorAll('input:not([type="hidden"]), textarea')];
  const { beside = {} } = kept(key) ?? {};
  for (const field of fields) field.value ||= beside[field.name] ?? '';
  form.addEventListener('input', () => {
    keep(key, null, null, Object.fromEntries(fields.map((field) => [field.name, field.value])));
  });
  form.addEventListener('htmx:afterRequest', ({ detail }) => {
    if (detail.xhr.status && detail.xhr.status < 400) forget(key);
  });
}
