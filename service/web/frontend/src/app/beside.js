// Something opened beside a table without leaving it, and the choice of all its rows.

function panelOf(node) {
  return node?.closest('[data-beside]')?.querySelector('#beside');
}

let opener = null;

document.addEventListener('htmx:beforeRequest', ({ detail }) => {
  if (detail.target?.id === 'beside') opener = detail.elt;
});

document.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (detail.target.id !== 'beside') return;
  detail.target.closest('[data-beside]').classList.add('with-file');
  detail.target.scrollTop = 0;
  detail.target.querySelector('h2')?.focus();
});

function close(panel) {
  panel.replaceChildren();
  panel.closest('[data-beside]').classList.remove('with-file');
  if (opener?.isConnected) opener.focus();
}

document.addEventListener('click', ({ target }) => {
  if (target.closest('[data-close-beside]')) close(panelOf(target));
});

document.addEventListener('keydown', ({ key, target }) => {
  const panel = document.querySelector('[data-beside].with-file #beside');
  if (key === 'Escape' && panel && !target.closest?.('input, textarea, select')) close(panel);
});

document.addEventListener('change', ({ target }) => {
  if (!target.matches('[data-choose-all]')) return;
  for (const box of target.form.querySelectorAll('[name="chosen"]')) box.checked = target.checked;
});
