// The keyboard: J and K to the next and the one before, Ctrl+Enter for the main act, Esc back to the list.

const TYPING = 'input, textarea, select, [contenteditable], [role="combobox"], [role="listbox"], .flatpickr-calendar';

const isTyping = (element) => Boolean(element?.closest?.(TYPING));

/** In a list: the link of the line after the focused one, or before it. */
function beside(step) {
  const lines = [...document.querySelectorAll('.list tbody .name a')];
  const at = lines.indexOf(document.activeElement);
  return lines[at < 0 ? (step > 0 ? 0 : lines.length - 1) : at + step];
}

function move(step, name) {
  const link = document.querySelector(`[data-key-${name}]`);
  if (link) link.click();
  else beside(step)?.focus();
}

function back(target) {
  if (document.querySelector('details.menu[open]')) return;
  if (isTyping(target)) target.blur();
  else document.querySelector('[data-back]')?.click();
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const chord = event.ctrlKey || event.metaKey;
  if (chord && event.key === 'Enter') {
    const main = document.querySelector('[data-main]');
    if (!main || event.target.closest?.('form[action]:not(#work-form)')) return;
    event.preventDefault();
    event.target.blur?.(); // a field tells its form what was typed when it is left
    main.click();
  } else if (!chord && event.key === 'Escape') back(event.target);
  else if (!chord && !event.shiftKey && !isTyping(event.target)) {
    if (event.key === 'j') move(1, 'j');
    else if (event.key === 'k') move(-1, 'k');
  }
});

// A link to something folded unfolds it and puts the focus inside.
for (const link of document.querySelectorAll('[data-unfolds]')) {
  link.addEventListener('click', (event) => {
    const fold = document.querySelector(link.getAttribute('href'));
    if (!fold) return;
    event.preventDefault();
    fold.open = true;
    fold.scrollIntoView({ block: 'center' });
    fold.querySelector('select, textarea, input:not([type="hidden"])')?.focus({ preventScroll: true });
  });
}
