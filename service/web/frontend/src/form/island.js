import { get, newKey, parts, post, Refusal, renewToken } from '../api.js';
import * as message from '../message.js';
import { forget, keep, kept } from './drafts.js';
import { byComponent, errorsOf, linesByLabel, linesOf } from './errors.js';
import { fileComplaint } from './files.js';
import { viewer } from './viewer.js';

const SAVE_AFTER_MS = 400;
const MERGED = '您已在另一个页面更新过此事项，两处填写的内容已合并暂存，请核对。';

/** One form on a page: shows it, sends what the pressed button says, and never loses what was typed. */
export class Island {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector('[data-message]');
    this.key = root.dataset.key;
    this.expired = false;
    this.requests = new Map();
  }

  async open() {
    const { schema, values } = JSON.parse(this.root.querySelector('[data-schema]').textContent);
    this.schema = schema;
    this.form = viewer(this.root.querySelector('[data-canvas]'));
    await this.load(values);
    this.initial = JSON.stringify(this.data());
    this.untouched = JSON.stringify(this.beside());
    await this.bringBack();
    this.form.on('changed', () => this.saveSoon());
    for (const field of this.fieldsBeside()) field.addEventListener('input', () => this.saveSoon());
    for (const button of this.buttons()) button.addEventListener('click', () => this.press(button));
    this.root.dataset.ready = 'yes';
  }

  async load(values) {
    this.values = values;
    await this.form.importSchema(this.schema, values);
  }

  data() {
    return this.form._getSubmitData();
  }

  /** Its own buttons, and those that stand elsewhere on the page and name it. */
  buttons() {
    const elsewhere = this.root.id ? document.querySelectorAll(`[data-form-of="${this.root.id}"]`) : [];
    return [...this.root.querySelectorAll('[data-post]'), ...elsewhere];
  }

  // -- the draft in the browser

  saveSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  save() {
    if (!this.key) return;
    const [data, beside] = [this.data(), this.beside()];
    if (JSON.stringify(data) === this.initial && JSON.stringify(beside) === this.untouched) return;
    keep(this.key, this.initial, data, beside);
  }

  /** The fields beside the form that somebody fills in: a title, a reason. */
  fieldsBeside() {
    return [...this.root.querySelectorAll('[data-extra]')].filter((field) => field.type !== 'hidden');
  }

  beside() {
    return Object.fromEntries(this.fieldsBeside().map((field) => [field.name, field.value]));
  }

  /** Whether anything was brought back beside the form. */
  bringBackBeside(values = {}) {
    const lost = this.fieldsBeside().filter((field) => values[field.name] && values[field.name] !== field.value);
    for (const field of lost) field.value = values[field.name];
    return lost.length > 0;
  }

  async bringBack() {
    const draft = this.key && kept(this.key);
    if (!draft) return;
    const beside = this.bringBackBeside(draft.beside);
    const same = JSON.stringify(draft.data) === this.initial;
    if (same && beside) this.sayBroughtBack();
    if (same) return;
    if (draft.base === null || draft.base === this.initial) {
      await this.load({ ...this.values, ...draft.data });
      this.sayBroughtBack();
      return;
    }
    this.offer(draft);
  }

  sayBroughtBack() {
    message.show(this.box, '已恢复您上次填写但尚未提交的内容。', { kind: 'info', focus: false });
  }

  offer(draft) {
    message.show(this.box, '表单内容已被更新。浏览器中还保留着您此前未提交的填写内容。', { kind: 'warning', focus: false });
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-sm btn-outline-primary';
    button.textContent = '恢复我填写的内容';
    button.addEventListener('click', async () => {
      await this.load({ ...this.values, ...draft.data });
      message.clear(this.box);
    });
    this.box.append(button);
  }

  // -- sending

  body(answers) {
    const body = { [this.root.dataset.field]: answers };
    for (const field of this.root.querySelectorAll('[data-extra]')) {
      if (field.value === '') continue;
      body[field.name] = field.dataset.extra === 'number' ? Number(field.value) : field.value;
    }
    return body;
  }

  files() {
    return [...(this.root.querySelector('[data-files]')?.files ?? [])];
  }

  /** What is wrong beside the form itself: by the name of a field, and with its files. */
  complaints() {
    const found = new Map();
    for (const field of this.root.querySelectorAll('[data-extra][required]')) {
      const valid = field.value.trim() !== '';
      field.setAttribute('aria-invalid', String(!valid));
      if (!valid) found.set(field.name, `${field.dataset.label}：必填，请填写`);
    }
    const file = fileComplaint(this.files());
    if (file) found.set('', file);
    return found;
  }

  async press(button) {
    clearTimeout(this.timer);
    this.save();
    const draft = button.dataset.draft !== undefined;
    const { data, errors } = this.form.submit();
    if (draft) this.form._setState({ errors: {} });
    const complaints = this.complaints();
    const wrong = draft ? {} : errors;
    if (!complaints.size && !Object.keys(wrong).length) await this.send(button, data);
    else this.complain(complaints, wrong, draft ? {} : await this.checked(button, data));
  }

  /** What the server would say, so that all that is missing is named at once. */
  async checked(button, data) {
    this.busy(true);
    try {
      const facts = await post(`${button.dataset.post}?check_only=true`, this.body(data));
      if (facts.still_waiting) this.askReason();
      return errorsOf({ facts });
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      return {}; // what the page itself has found is said in any case
    } finally {
      this.busy(false);
    }
  }

  complain(complaints, errors, found) {
    const there = byComponent(this.form, found);
    const here = Object.fromEntries(Object.entries(errors).filter(([id]) => !(id in there)));
    const beside = [...complaints].filter(([name]) => !name || !(name in found)).map(([, line]) => line);
    const lines = [...beside, ...linesByLabel(this.form, here), ...linesOf(this.form, found)];
    this.form._setState({ errors: { ...there, ...errors } });
    message.show(this.box, `还有 ${lines.length} 处需要填写或更正，尚未提交。`, { lines });
  }

  askReason() {
    this.root.querySelector('[data-reason]')?.removeAttribute('hidden');
  }

  /** The same content pressed again after a lost answer is the same request: it is not done twice. */
  keyFor(url, body) {
    const content = `${url} ${JSON.stringify(body)}`;
    if (!this.requests.has(content)) this.requests.set(content, newKey());
    return this.requests.get(content);
  }

  async send(button, data) {
    this.busy(true);
    try {
      if (this.expired) await renewToken();
      const body = this.body(data);
      const result = await this.act(button, body, data);
      this.expired = false;
      await this.arrived(button, result);
    } catch (problem) {
      this.refused(problem);
    } finally {
      this.busy(false);
    }
  }

  async act(button, body, data) {
    const url = button.dataset.post;
    const files = this.files();
    if (files.length) {
      const key = this.keyFor(url, [body, files.map((file) => [file.name, file.size, file.lastModified])]);
      return post(url, parts(data, files), key);
    }
    if (button.dataset.start !== 'draft') return post(url, body, this.keyFor(url, body));
    return this.startDraft(url, body, data);
  }

  /** Starts a case without finishing its first step, and keeps what was typed as that step's draft. */
  async startDraft(url, { answers, ...rest }, data) {
    const started = await post(url, rest, this.keyFor(url, rest));
    const { items = [] } = await get(`/api/v1/cases/${started.id}`);
    if (!items.length) return { id: started.id, next: `/cases/${started.id}` };
    const [{ id }] = items;
    try {
      await post(`/api/v1/items/${id}/draft`, { answers: data });
    } catch {
      keep(`item-${id}`, null, data);
    }
    return { id, next: `/items/${id}?notice=started` };
  }

  async arrived(button, result) {
    if (this.key) forget(this.key);
    if (result?.code) {
      this.confirm(result);
      return;
    }
    const next = result?.next ?? button.dataset.next;
    if (next) {
      window.location.assign(next.replace('{id}', result?.id ?? ''));
      return;
    }
    const field = this.root.querySelector('input[name="version"]');
    if (field && result?.version !== undefined) field.value = result.version;
    if (result?.merged) await this.takeIn(result.id);
    this.initial = JSON.stringify(this.data());
    this.untouched = JSON.stringify(this.beside());
    message.show(this.box, result?.merged ? MERGED : button.dataset.said, { kind: 'success' });
    const saved = document.querySelector('[data-saved]');
    const clock = new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });
    if (saved) saved.textContent = `暂存于 ${clock}`;
  }

  /** What was kept in another tab comes into this one too. */
  async takeIn(item) {
    const { answers } = await get(`/api/v1/items/${item}`);
    await this.load({ ...this.values, ...answers });
  }

  /** The receipt takes the place of the form: the query code is shown this once and stands in no address. */
  confirm({ receipt, code }) {
    clearTimeout(this.timer);
    this.key = '';
    this.root.replaceChildren(this.root.querySelector('[data-done]').content.cloneNode(true));
    this.root.querySelector('[data-code]').textContent = code;
    this.root.querySelector('[data-receipt]').textContent = receipt;
    this.root.querySelector('[data-print-now]').addEventListener('click', () => window.print());
    this.root.querySelector('[data-focus]').focus();
  }

  refused(problem) {
    if (!(problem instanceof Refusal)) throw problem;
    const { status, facts, message: sentence } = problem;
    if (status) this.requests.clear();
    if (status === 401) {
      this.expired = true;
      document.dispatchEvent(new CustomEvent('jiebang:expired'));
      message.show(this.box, '登录已过期，填写的内容仍保留在本页。请在新标签页中登录，再回到本页提交。', {
        link: { href: '/login', text: '打开登录页' },
      });
      return;
    }
    const found = errorsOf(problem);
    const lines = linesOf(this.form, found);
    if (lines.length) this.form._setState({ errors: byComponent(this.form, found) });
    message.show(this.box, lines.length ? `填写内容有 ${lines.length} 处不符合要求，尚未提交。` : sentence, { lines });
    if (problem.code === 'still_waiting' || facts?.still_waiting) this.askReason();
  }

  busy(on) {
    this.root.setAttribute('aria-busy', String(on));
    for (const button of this.buttons()) button.disabled = on;
  }
}
