// What both editors share: buttons, the message box, the list of findings, the question before a deployment.
import { Refusal, renewToken } from '../api.js';
import * as message from '../message.js';

export function element(tag, text = '', classes = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

export function list(lines) {
  const made = element('ul');
  made.append(...lines.map((line) => element('li', line)));
  return made;
}

let expired = false;

/** Runs what a button does; a refusal becomes a sentence, whatever was drawn stays. */
export async function attempt(box, work) {
  try {
    if (expired) await renewToken();
    message.clear(box);
    await work();
    expired = false;
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    expired = problem.status === 401;
    if (expired) document.dispatchEvent(new CustomEvent('jiebang:expired'));
    message.show(box, expired ? '登录已过期，修改仍保留在本页。请在新标签页中登录，再回到本页继续。' : problem.message,
      expired ? { link: { href: '/login', text: '打开登录页' } } : {});
  }
}

/** Buttons with `data-act` do what `acts` says, one at a time. */
export function wire(root, acts) {
  const box = root.querySelector('[data-message]');
  for (const button of root.querySelectorAll('[data-act]')) {
    button.addEventListener('click', async () => {
      button.closest('details')?.removeAttribute('open');
      if (root.getAttribute('aria-busy') === 'true') return;
      root.setAttribute('aria-busy', 'true');
      try {
        await attempt(box, acts[button.dataset.act]);
      } finally {
        root.removeAttribute('aria-busy');
      }
    });
  }
}

const SEVERITIES = { error: '错误', warning: '提示' };

/** The findings as a list; `jump(finding)` gives what a click does, or nothing where there is no such place. */
export function listFindings(root, findings, jump) {
  const section = root.querySelector('[data-findings]');
  const errors = findings.filter((one) => one.severity === 'error').length;
  const hints = findings.length - errors;
  const ordered = [...findings].sort((one, other) => one.severity.localeCompare(other.severity));
  section.hidden = false;
  section.querySelector('[data-summary]').textContent = findings.length
    ? [errors && `${errors} 个错误，改正后才能部署`, hints && `${hints} 个提示`].filter(Boolean).join('；')
    : '没有发现问题，可以部署。';
  section.querySelector('[data-list]').replaceChildren(...ordered.map((one) => row(one, jump(one))));
  section.querySelector('h2').focus();
}

/** What was found is about an older state: says so until the next check. */
export function outdate(root) {
  const section = root.querySelector('[data-findings]');
  if (!section.hidden) section.querySelector('[data-summary]').textContent = '检查之后又有修改，请重新检查。';
}

function row(finding, go) {
  const item = element('li', '', `finding finding-${finding.severity}`);
  item.append(element('span', SEVERITIES[finding.severity], `tag tag-${finding.severity === 'error' ? 'undone' : 'ours'}`));
  if (go) {
    const button = element('button', finding.message, 'finding-go');
    button.type = 'button';
    button.addEventListener('click', go);
    item.append(button);
  } else {
    item.append(element('span', finding.message));
  }
  item.append(element('span', [finding.file, finding.element].filter(Boolean).join(' · '), 'finding-place'));
  return item;
}

/** Asks before a deployment; true for yes. */
export function confirmed(root, parts) {
  const dialog = root.querySelector('[data-confirm]');
  dialog.querySelector('[data-what]').replaceChildren(...parts);
  dialog.showModal();
  return new Promise((resolve) => {
    const answer = (said) => () => {
      dialog.onclose = null;
      dialog.close();
      resolve(said);
    };
    dialog.querySelector('[data-yes]').onclick = answer(true);
    dialog.querySelector('[data-no]').onclick = answer(false);
    dialog.onclose = () => resolve(false);
  });
}

/** Asks the browser to hold somebody back who would lose unsaved work. */
export function guardLeaving(isDirty) {
  window.addEventListener('beforeunload', (event) => {
    if (isDirty()) event.preventDefault();
  });
}
