// What was typed and not yet sent, kept by the browser for this tab and this person: a lost page does
// not lose the work.

function nameOf(key) {
  const person = document.querySelector('meta[name="person"]')?.content ?? '';
  return `jiebang-draft:${person}:${key}`;
}

/** `base`: what the form held before, as text; null when that does not matter. `beside`: other fields, by name. */
export function keep(key, base, data, beside = {}) {
  try {
    window.sessionStorage.setItem(nameOf(key), JSON.stringify({ base, data, beside }));
  } catch {
    // A full or forbidden store only means that this safety net is missing.
  }
}

export function kept(key) {
  try {
    return JSON.parse(window.sessionStorage.getItem(nameOf(key)));
  } catch {
    return null;
  }
}

export function forget(key) {
  try {
    window.sessionStorage.removeItem(nameOf(key));
  } catch {
    // Nothing was kept.
  }
}
