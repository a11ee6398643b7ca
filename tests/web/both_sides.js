// Plays forms in the browser without anybody's hands: opens them, enters values, and tells what the form would send.
import { viewer } from '../../service/web/frontend/src/form/viewer.js';

const PATIENCE = 60;
const SETTLED = 3;

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

function pathOf(instance) {
  return instance.valuePath.join('.');
}

function instances(form) {
  return form.get('formFieldInstanceRegistry').getAllKeyed();
}

/** Until nothing moves any more: computed values come one after the other. */
async function rest(form) {
  let [seen, same] = ['', 0];
  for (let round = 0; round < PATIENCE && same < SETTLED; round += 1) {
    await pause();
    const now = JSON.stringify([form._getState().data, instances(form).map(pathOf)]);
    same = now === seen ? same + 1 : 0;
    seen = now;
  }
}

/** Whether the page would let somebody change a field. */
function open(form, { id, expressionContextInfo: { data, ...around } }) {
  const { disabled, readonly } = form.get('formFieldRegistry').get(id);
  const language = form.get('expressionLanguage');
  const marked = Object.fromEntries(Object.entries(around).map(([name, value]) => [`_${name}_`, value]));
  const locked = language.isExpression(readonly)
    ? language.evaluateUnaryTest(readonly, { ...around, ...data, ...marked })
    : readonly;
  return !disabled && !locked;
}

async function play({ schema, values, edits }) {
  const container = document.createElement('div');
  document.body.append(container);
  const form = viewer(container);
  await form.importSchema(schema, values);
  await rest(form);
  for (const { path, value } of edits) {
    const fieldInstance = instances(form).find((one) => pathOf(one) === path);
    if (!fieldInstance || !open(form, fieldInstance)) continue; // nobody can enter what is not shown, or is locked
    form._update({ fieldInstance, value });
    await rest(form);
  }
  const { data, errors } = form.submit();
  const shown = instances(form).map(pathOf);
  const state = form._getState().data;
  form.destroy();
  container.remove();
  return { data, errors, shown, state };
}

window.playAll = (forms) => Promise.all(forms.map(play));
