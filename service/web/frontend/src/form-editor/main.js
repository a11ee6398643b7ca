// The editor draws with a viewer of its own version, whose style sheet it leaves to us.
import '../../node_modules/@bpmn-io/form-js-editor/node_modules/@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import '@bpmn-io/form-js-editor/dist/assets/form-js-editor.css';
import '../editing/editing.css';
import './form-editor.css';

import { FormEditor } from '@bpmn-io/form-js-editor';
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/l10n/zh.js';

import { get, Refusal } from '../api.js';
import { deployedFile, download, fetchText, readFiles, upload } from '../editing/files.js';
import { attempt, confirmed, element, guardLeaving, listFindings, outdate, wire } from '../editing/page.js';
import * as message from '../message.js';

flatpickr.localize(Mandarin);

const EMPTY = { type: 'default', schemaVersion: 19, components: [] };
// What the server refuses (service/domain/forms/schema.py): code and pages of others in a form.
const REFUSED = ['html', 'iframe', 'documentPreview'];

class Restriction {
  static $inject = ['formFields'];

  constructor(formFields) {
    for (const type of REFUSED) delete formFields._formFields[type];
  }
}

const restriction = { __init__: ['jiebangRestriction'], jiebangRestriction: ['type', Restriction] };

/** A field that takes its options from a named list says so twice: for the page and for the server. */
function withLists(component) {
  const inner = component.components ? { components: component.components.map(withLists) } : {};
  const list = component.valuesKey ? { properties: { ...component.properties, list: component.valuesKey } } : {};
  return { ...component, ...list, ...inner };
}

class Page {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector('[data-message]');
    this.dirty = false;
  }

  async open() {
    this.choices = await get(this.root.dataset.choices);
    this.editor = new FormEditor({ container: this.root.querySelector('[data-canvas]'), additionalModules: [restriction] });
    const { source, formId } = this.root.dataset;
    await this.show(source ? await fetchText(source) : JSON.stringify({ ...EMPTY, id: 'new_form' }));
    if (formId) this.root.querySelector('[data-title]').textContent = this.titleOf(formId);
    this.editor.on('changed', () => {
      this.setDirty(true);
      outdate(this.root);
    });
    guardLeaving(() => this.dirty);
    const stack = this.editor.get('commandStack');
    wire(this.root, {
      undo: () => stack.canUndo() && stack.undo(),
      redo: () => stack.canRedo() && stack.redo(),
      open: () => this.root.querySelector('[data-files]').click(),
      download: () => download(this.fileName(), this.text(), 'application/json'),
      check: () => this.check(),
      deploy: () => this.deploy(),
    });
    this.root.querySelector('[data-files]').addEventListener('change', (event) => attempt(this.box, () => this.take(event.target)));
    window.jiebang = { editor: this.editor };
  }

  titleOf(id) {
    const steps = this.choices.forms.find((one) => one.id === id)?.steps ?? [];
    return steps.length ? `${id}（${steps[0]}）` : id;
  }

  async show(text) {
    try {
      await this.editor.importSchema(JSON.parse(text));
    } catch (problem) {
      throw new Refusal(`这个文件不能作为表单打开：${problem.message}`);
    }
    this.setDirty(false);
  }

  setDirty(on) {
    this.dirty = on;
    this.root.querySelector('[data-dirty]').hidden = !on;
  }

  async take(input) {
    const [file] = await readFiles(input.files);
    input.value = '';
    if (!file || (this.dirty && !window.confirm('当前表单有未部署的修改，打开另一个文件后将不再显示。确定打开吗？'))) return;
    await this.show(file.text);
    this.root.querySelector('[data-title]').textContent = file.name;
  }

  schema() {
    return withLists(this.editor.saveSchema());
  }

  text() {
    return `${JSON.stringify(this.schema(), null, 2)}\n`;
  }

  fileName() {
    return `${this.schema().id}.form`;
  }

  tell(findings) {
    listFindings(this.root, findings, (one) => this.jump(one.element));
  }

  /** A finding names a field by its key, path or id. */
  jump(name) {
    const registry = this.editor.get('formFieldRegistry');
    const field = registry.getAll().find((one) => name && [one.key, one.path, one.id].includes(name));
    return field ? () => this.editor.get('selection').set(field) : null;
  }

  async check() {
    const { findings } = await upload(this.root.dataset.deploy, { [this.fileName()]: this.text() }, { checkOnly: true });
    this.tell(findings);
  }

  /** The newest diagrams that use this form: deployed with it, they become new versions. */
  async users(chosen) {
    const found = {};
    for (const { versions: [newest] } of chosen) found[newest.file] = await fetchText(deployedFile(newest));
    return found;
  }

  async deploy() {
    const own = { [this.fileName()]: this.text() };
    const { findings } = await upload(this.root.dataset.deploy, own, { checkOnly: true });
    if (findings.some((one) => one.severity === 'error')) {
      this.tell(findings);
      message.show(this.box, '还有错误，没有部署。请按下面的检查结果改正。', { focus: false });
      return;
    }
    this.choices = await get(this.root.dataset.choices);
    const keys = this.choices.forms.find((one) => one.id === this.schema().id)?.used_by ?? [];
    const users = this.choices.processes.filter((one) => keys.includes(one.key));
    const ticks = users.map((one) => [one, this.tick(one)]);
    if (!await confirmed(this.root, this.question(ticks))) return;
    const files = { ...own, ...await this.users(ticks.filter(([, tick]) => tick.querySelector('input').checked).map(([one]) => one)) };
    const answer = await upload(this.root.dataset.deploy, files);
    if (!answer.deployment) {
      this.tell(answer.findings);
      return;
    }
    this.setDirty(false);
    this.root.querySelector('[data-findings]').hidden = true;
    const versions = answer.deployment.definitions.filter((one) => one.file in files).map((one) => `${one.name} 第 ${one.version} 版`);
    message.show(this.box, versions.length ? `已部署，使用新表单的流程：${versions.join('、')}。` : '表单已部署。下次部署使用它的流程时生效。', { kind: 'success' });
  }

  tick({ key, name, versions: [newest] }) {
    const line = element('div', '', 'form-check');
    const box = element('input', '', 'form-check-input');
    Object.assign(box, { type: 'checkbox', id: `with-${key}`, checked: true });
    const label = element('label', `${name}：第 ${newest.version} 版 → 第 ${newest.version + 1} 版`, 'form-check-label');
    label.htmlFor = box.id;
    line.append(box, label);
    return line;
  }

  question(ticks) {
    if (!ticks.length) return [element('p', `将部署表单 ${this.schema().id}。还没有流程使用它；在流程图中选用并部署后生效。`)];
    return [
      element('p', `将部署表单 ${this.schema().id}。正在办理的案件沿用原来的表单。新案件要用新表单，须连同使用它的流程一起部署：`),
      ...ticks.map(([, tick]) => tick),
    ];
  }
}

async function begin(root) {
  const page = new Page(root);
  try {
    await page.open();
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    message.show(page.box, problem.message);
  }
  root.dataset.ready = 'yes';
}

const WIDE = window.matchMedia('(min-width: 1024px)');
for (const root of document.querySelectorAll('[data-form-editor]')) {
  if (WIDE.matches) begin(root);
  else WIDE.addEventListener('change', () => begin(root), { once: true });
}
