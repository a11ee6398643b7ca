import { beforeEach, describe, expect, test } from 'vitest';

import '../src/app/keys.js';

let clicked;

beforeEach(() => {
  clicked = [];
  document.body.innerHTML = `
    <a data-back href="#list">列表</a><a data-key-j href="#next">下一件</a><a data-key-k href="#before">上一件</a>
    <form id="work-form" action="/w"><textarea id="inside"></textarea></form>
    <form id="other" action="/o"><textarea id="elsewhere"></textarea></form>
    <button data-main type="button">办结</button>`;
  for (const element of document.querySelectorAll('a, button')) {
    element.addEventListener('click', (event) => {
      event.preventDefault();
      clicked.push(element.textContent);
    });
  }
});

function press(key, { on = document.body, ...more } = {}) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  on.dispatchEvent(event);
  return event;
}

const at = (selector) => document.querySelector(selector);

describe('keys', () => {
  test('J and K lead to the next item and the one before', () => {
    press('j');
    press('k');
    expect(clicked).toEqual(['下一件', '上一件']);
  });

  test.each(['ctrlKey', 'metaKey', 'altKey', 'shiftKey'])('J with %s belongs to the browser', (chord) => {
    press('j', { [chord]: true });
    expect(clicked).toEqual([]);
  });

  test('letters typed into a field are letters, also while Chinese is being composed', () => {
    press('j', { on: at('#inside') });
    press('k', { isComposing: true });
    expect(clicked).toEqual([]);
  });

  test.each(['ctrlKey', 'metaKey'])('Enter with %s does the main act, from the field of its form, too', (chord) => {
    press('Enter', { on: at('#inside'), [chord]: true });
    press('Enter', { [chord]: true });
    expect(clicked).toEqual(['办结', '办结']);
  });

  test('the field is left first, so that its form knows what was typed', () => {
    at('#inside').focus();
    press('Enter', { on: at('#inside'), ctrlKey: true });
    expect(document.activeElement).not.toBe(at('#inside'));
  });

  test('Ctrl+Enter in another form is not the main act', () => {
    expect(press('Enter', { on: at('#elsewhere'), ctrlKey: true }).defaultPrevented).toBe(false);
    expect(clicked).toEqual([]);
  });

  test('Escape leaves the field first and the page afterwards', () => {
    at('#inside').focus();
    press('Escape', { on: at('#inside') });
    expect(clicked).toEqual([]);
    press('Escape');
    expect(clicked).toEqual(['列表']);
  });

  test('Escape closes an open menu and does not leave the page', () => {
    document.body.insertAdjacentHTML('beforeend', '<details class="menu" open><summary>更多</summary></details>');
    press('Escape');
    expect(clicked).toEqual([]);
  });

  test('in a list the focus goes from line to line and stops at the ends', () => {
    document.body.innerHTML = `<table class="list"><tbody>
      ${['一', '二'].map((name) => `<tr><td class="name"><a href="#${name}">${name}</a></td></tr>`).join('')}</tbody></table>`;
    const focused = (key) => {
      press(key);
      return document.activeElement.textContent;
    };
    expect(['j', 'j', 'j', 'k'].map(focused)).toEqual(['一', '二', '二', '一']);
  });
});
