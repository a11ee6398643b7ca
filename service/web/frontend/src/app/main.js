import 'bootstrap/dist/css/bootstrap.min.css';
import './base.css';
import './parts.css';
import './pages.css';
import './board.css';
import './item.css';
import './print.css';
import './table.css';

import './beside.js';

import htmx from 'htmx.org';

import { renewToken } from '../api.js';
import './kept.js';
import './keys.js';

// No style of its own or taken over, no code from text: the pages' content policy would block them; no page kept in the
// browser's store.
Object.assign(htmx.config, { includeIndicatorStyles: false, attributesToSettle: [], allowEval: false, historyCacheSize: 0 });

// A refusal answers with a short fragment: it goes into the message box of the form that was sent, everything typed
// stays where it is, and the focus moves to the sentence.
function boxFor(element) {
  const form = element.closest('form');
  return form?.querySelector('[data-message]') ?? document.querySelector('#page-message');
}

let expired = false;

document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  const { status } = detail.xhr;
  if (status < 400) return;
  expired = expired || status === 401;
  const box = boxFor(detail.requestConfig.elt);
  if (!box) return;
  box.hidden = false;
  box.className = 'notice notice-danger';
  detail.shouldSwap = true;
  detail.isError = false;
  detail.target = box;
  detail.swapOverride = 'innerHTML';
});

document.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (detail.target.matches('[data-message], #page-message')) detail.target.focus();
  else if (detail.requestConfig?.elt.matches('form[data-reset]')) detail.target.querySelector('[data-focus]')?.focus();
});

document.addEventListener('htmx:sendError', ({ detail }) => {
  const box = boxFor(detail.elt);
  if (!box) return;
  box.hidden = false;
  box.className = 'notice notice-danger';
  box.textContent = '无法连接服务器，填写的内容仍保留在本页。请检查网络后再次提交。';
  box.focus();
});

document.addEventListener('jiebang:expired', () => {
  expired = true;
});

document.addEventListener('visibilitychange', async () => {
  if (!expired || document.visibilityState !== 'visible') return;
  await renewToken();
});

// A notice after a change is part of the address; taken out again so that reloading does not repeat it.
function forgetNotice() {
  const address = new URL(window.location.href);
  if (!address.searchParams.has('notice')) return;
  address.searchParams.delete('notice');
  window.history.replaceState(null, '', address);
}

function closeOnEscape(event) {
  if (event.key !== 'Escape') return;
  const open = event.target.closest?.('details[open]:is(.menu, .help)');
  if (!open) return;
  open.open = false;
  open.querySelector('summary')?.focus();
}

document.addEventListener('keydown', closeOnEscape);
// The help lies over the page: it goes away as soon as something else is wanted.
for (const help of document.querySelectorAll('details.help')) {
  const elsewhere = ({ target }) => {
    if (!help.contains(target)) help.open = false;
  };
  document.addEventListener('click', elsewhere);
  document.addEventListener('focusin', elsewhere);
}
// On paper what was answered stands unfolded; on the screen it is folded again afterwards.
let unfolded = [];
window.addEventListener('beforeprint', () => {
  unfolded = [...document.querySelectorAll('[data-unfold] details:not([open])')];
  for (const one of unfolded) one.open = true;
});
window.addEventListener('afterprint', () => {
  for (const one of unfolded) one.open = false;
});

for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => window.print());

// A long list of steps is shown from where the case is.
const here = document.querySelector('.steps-scroll :is(.step-late, .step-open, .step-waiting)');
if (here) here.closest('.steps-scroll').scrollTop = here.offsetTop - 2 * here.offsetHeight;

// A demonstration lists its accounts: choosing one fills the form in.
for (const button of document.querySelectorAll('[data-login]')) {
  button.addEventListener('click', () => {
    document.querySelector('#login').value = button.dataset.login;
    document.querySelector('#password').value = document.querySelector('[data-password]').textContent;
    document.querySelector('main button[type="submit"]').focus();
  });
}

forgetNotice();
window.htmx = htmx;
