import { beforeEach, describe, expect, test, vi } from 'vitest';

import { forget, keep, kept } from '../src/form/drafts.js';

function signIn(person) {
  document.head.innerHTML = `<meta name="person" content="${person}">`;
}

beforeEach(() => {
  window.sessionStorage.clear();
  signIn('cf.gangbu');
});

describe('what was typed and not sent', () => {
  test('is kept with what stood there before, until it is forgotten', () => {
    keep('item-1', '{"a":1}', { a: 2 }, { title: '轴承' });
    expect(kept('item-1')).toEqual({ base: '{"a":1}', data: { a: 2 }, beside: { title: '轴承' } });
    forget('item-1');
    expect(kept('item-1')).toBeNull();
  });

  test('belongs to one form', () => {
    keep('item-1', null, { a: 1 });
    expect(kept('item-2')).toBeNull();
  });

  test('belongs to one person: the next who signs in at this machine does not see it', () => {
    keep('item-1', null, { a: 1 });
    signIn('cf.kjj');
    expect(kept('item-1')).toBeNull();
    forget('item-1');
    signIn('cf.gangbu');
    expect(kept('item-1').data).toEqual({ a: 1 });
  });

  test('a damaged draft is no draft', () => {
    keep('item-1', null, { a: 1 });
    window.sessionStorage.setItem(window.sessionStorage.key(0), '{"a":');
    expect(kept('item-1')).toBeNull();
  });

  test('a store that is full or forbidden stops nobody', () => {
    const forbidden = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    vi.stubGlobal('sessionStorage', { setItem: forbidden, getItem: forbidden, removeItem: forbidden });
    expect(() => keep('item-1', null, {})).not.toThrow();
    expect(kept('item-1')).toBeNull();
    expect(() => forget('item-1')).not.toThrow();
    vi.unstubAllGlobals();
  });
});
