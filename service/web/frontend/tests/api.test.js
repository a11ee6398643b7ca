import { beforeEach, describe, expect, test, vi } from 'vitest';

import { get, newKey, parts, post, Refusal, renewToken } from '../src/api.js';

let calls;

function serverSays(answer) {
  calls = [];
  vi.stubGlobal('fetch', async (url, options) => {
    calls.push({ url, ...options });
    if (answer instanceof Error) throw answer;
    return answer;
  });
}

const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const refusal = (promise) => promise.then(() => null, (problem) => problem);

beforeEach(() => {
  document.head.innerHTML = '<meta name="csrf-token" content="stale">';
  document.body.innerHTML = '<input type="hidden" name="csrf_token" value="stale">';
});

describe('the door to the server', () => {
  test('what is sent carries the token of the page and the key of the request', async () => {
    serverSays(json(200, { id: 1 }));
    expect(await post('/api/v1/items/1/complete', { answers: {} }, 'k')).toEqual({ id: 1 });
    expect(calls[0].headers).toMatchObject({ 'X-CSRF-Token': 'stale', 'Idempotency-Key': 'k', 'Content-Type': 'application/json' });
    expect(calls[0].body).toBe('{"answers":{}}');
  });

  test('of a body in parts the browser says the type', async () => {
    serverSays(json(200, {}));
    await post('/x', parts({ a: 1 }, [new File(['text'], 'a.txt')]));
    expect(calls[0].headers['Content-Type']).toBeUndefined();
    expect([...calls[0].body.keys()]).toEqual(['answers', 'file']);
  });

  test('an answer without content is null', async () => {
    serverSays(new Response(null, { status: 204 }));
    expect(await post('/x', {})).toBeNull();
  });

  test('a refusal is told in the sentence of the server, with its facts', async () => {
    serverSays(json(422, { detail: '请填写名称', code: 'invalid', facts: { errors: { name: ['必填'] } } }));
    const problem = await refusal(get('/x'));
    expect(problem).toBeInstanceOf(Refusal);
    expect(problem).toMatchObject({ message: '请填写名称', status: 422, code: 'invalid', facts: { errors: { name: ['必填'] } } });
  });

  test('an answer that nobody can read is told in a sentence of ours', async () => {
    serverSays(new Response('<h1>Bad gateway</h1>', { status: 502 }));
    expect(await refusal(get('/x'))).toMatchObject({ status: 502, message: '服务器未能处理（502），请稍后再试。', facts: {} });
  });

  test('a server that is away is told, and that nothing is lost', async () => {
    serverSays(new TypeError('Failed to fetch'));
    const problem = await refusal(post('/x', {}));
    expect(problem.status).toBe(0);
    expect(problem.message).toContain('填写的内容仍保留在本页');
  });
});

describe('after signing in again elsewhere', () => {
  test('the token of the page and of its forms is the new one', async () => {
    serverSays(new Response('<html><head><meta name="csrf-token" content="new"></head></html>'));
    await renewToken();
    expect(document.querySelector('meta[name="csrf-token"]').content).toBe('new');
    expect(document.querySelector('[name="csrf_token"]').value).toBe('new');
  });

  test('a page without a token leaves everything as it is', async () => {
    serverSays(new Response('<html></html>'));
    await renewToken();
    expect(document.querySelector('[name="csrf_token"]').value).toBe('stale');
  });
});

test('keys of requests are long and differ', () => {
  const keys = new Set(Array.from({ length: 100 }, newKey));
  expect(keys.size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
