// Files of a deployment: from the server, from the disk, back to the disk, and up to the gate.
import { Refusal, token } from '../api.js';

async function answered(url, options) {
  try {
    return await fetch(url, { credentials: 'same-origin', ...options });
  } catch {
    throw new Refusal('无法连接服务器，修改仍保留在本页。请检查网络后再试。');
  }
}

export async function fetchText(url) {
  const answer = await answered(url);
  if (!answer.ok) throw new Refusal(`文件无法读取（${answer.status}），请返回流程列表重新打开。`, { status: answer.status });
  return answer.text();
}

export function deployedFile({ deployment_id: deployment, file }) {
  return `/api/v1/deployments/${deployment}/files/${encodeURIComponent(file)}`;
}

/** Sends files (text by name) through the gate: what was deployed, or the findings. Refusals that are no findings throw. */
export async function upload(url, files, { checkOnly = false } = {}) {
  const body = new FormData();
  for (const [name, text] of Object.entries(files)) body.append(name, new Blob([text], { type: 'application/octet-stream' }), name);
  const answer = await answered(checkOnly ? `${url}?check_only=true` : url, {
    method: 'POST',
    headers: { Accept: 'application/json', 'X-CSRF-Token': token() },
    body,
  });
  let said = {};
  try {
    said = await answer.json();
  } catch {
    said = {};
  }
  if (answer.ok) return checkOnly ? { findings: said.findings ?? [] } : { deployment: said, findings: [] };
  if (said.findings) return { findings: said.findings };
  throw new Refusal(said.detail || `服务器未能处理（${answer.status}），请稍后再试。`, { status: answer.status, code: said.code });
}

export function download(name, text, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function readFiles(list) {
  return Promise.all([...list].map(async (file) => ({ name: file.name, text: await file.text() })));
}
