// One door to the server for the islands: JSON out, JSON back, a sentence for people whatever happens.

const JSON_TYPE = 'application/json';

export class Refusal extends Error {
  constructor(sentence, { status = 0, code = '', facts = {} } = {}) {
    super(sentence);
    this.status = status;
    this.code = code;
    this.facts = facts ?? {};
  }
}

export function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? '';
}

/** After signing in again in another tab the page's token is stale: take a fresh one from the page itself. */
export async function renewToken() {
  const answer = await fetch(window.location.href, { credentials: 'same-origin' });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const meta = fresh.querySelector('meta[name="csrf-token"]');
  if (!meta?.content) return;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', meta.content);
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = meta.content;
}

async function sent(url, options) {
  try {
    return await fetch(url, { credentials: 'same-origin', ...options });
  } catch {
    throw new Refusal('无法连接服务器，填写的内容仍保留在本页。请检查网络后再次提交。');
  }
}

async function problemOf(answer) {
  let body = {};
  try {
    body = await answer.json();
  } catch {
    body = {};
  }
  const sentence = body.detail || body.sentence || body.title || `服务器未能处理（${answer.status}），请稍后再试。`;
  return new Refusal(sentence, { status: answer.status, code: body.code, facts: body.facts ?? body.errors });
}

export async function get(url) {
  const answer = await sent(url, { headers: { Accept: JSON_TYPE } });
  if (!answer.ok) throw await problemOf(answer);
  return answer.json();
}

export async function post(url, body, key) {
  const headers = { Accept: JSON_TYPE, 'X-CSRF-Token': token() };
  const whole = body instanceof FormData;
  if (!whole) headers['Content-Type'] = JSON_TYPE;
  if (key) headers['Idempotency-Key'] = key;
  const answer = await sent(url, { method: 'POST', headers, body: whole ? body : JSON.stringify(body) });
  if (!answer.ok) throw await problemOf(answer);
  return answer.status === 204 ? null : answer.json();
}

/** Answers with files beside them: a body in parts. */
export function parts(answers, files) {
  const body = new FormData();
  body.append('answers', JSON.stringify(answers));
  for (const file of files) body.append('file', file);
  return body;
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
