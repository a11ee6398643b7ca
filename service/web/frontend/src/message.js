// The box in which a page tells what went wrong or well; focus goes there, so that nobody misses it.

export function show(box, sentence, { kind = 'danger', lines = [], link = null, focus = true } = {}) {
  box.replaceChildren();
  box.className = `notice notice-${kind}`;
  box.hidden = false;
  const text = document.createElement('p');
  text.textContent = sentence;
  box.append(text);
  if (link) text.append(' ', anchor(link));
  if (lines.length) box.append(list(lines));
  if (focus) box.focus();
}

export function clear(box) {
  box.hidden = true;
  box.replaceChildren();
}

function anchor({ href, text }) {
  const element = document.createElement('a');
  element.href = href;
  element.target = '_blank';
  element.rel = 'noopener';
  element.textContent = text;
  return element;
}

function list(lines) {
  const element = document.createElement('ul');
  for (const line of lines) {
    const item = document.createElement('li');
    item.textContent = line;
    element.append(item);
  }
  return element;
}
