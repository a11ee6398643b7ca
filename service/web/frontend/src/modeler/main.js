import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/assets/properties-panel.css';
import '../editing/editing.css';
import './modeler.css';

import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from 'bpmn-js-properties-panel';
import behaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';

import { get, Refusal } from '../api.js';
import { translate, untranslated } from '../editing/chinese.js';
import { deployedFile, download, fetchText, readFiles, upload } from '../editing/files.js';
import { attempt, confirmed, element, guardLeaving, list, listFindings, outdate, wire } from '../editing/page.js';
import { forget, keep, kept } from '../form/drafts.js';
import * as message from '../message.js';
import { blank } from './blank.js';
import { changes } from './changes.js';
import { clear, draw, jumpTo } from './findings.js';
import { keepNestedLanes } from './lanes.js';
import { panelModule } from './panel.js';
import { restriction } from './restrict.js';
import { room } from './room.js';

const SAVE_AFTER_MS = 800;
const NAMES_SHOWN = 12;

class Page {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector('[data-message]');
    this.choices = {};
    this.brought = {};
    this.file = root.dataset.file ?? '';
    this.draft = `modeler-${root.dataset.process ?? 'new'}`;
    this.dirty = false;
  }

  async open() {
    Object.assign(this.choices, await get(this.root.dataset.choices));
    this.modeler = new Modeler({
      container: this.root.querySelector('[data-canvas]'),
      propertiesPanel: { parent: this.root.querySelector('[data-panel]') },
      moddleExtensions: { camunda },
      additionalModules: [
        BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, behaviors, restriction, room, panelModule(this.choices),
        { translate: ['value', translate] },
      ],
    });
    const { source } = this.root.dataset;
    const xml = source ? await fetchText(source) : blank(this.twoLeads());
    await this.show(xml);
    this.root.querySelector('[data-status]').remove();
    this.modeler.on('commandStack.changed', () => this.changed());
    this.bringBack();
    guardLeaving(() => this.dirty);
    wire(this.root, this.acts());
    this.root.querySelector('[data-files]').addEventListener('change', (event) => attempt(this.box, () => this.take(event.target)));
    // For tests and for whoever looks into the page: the modeler, and what it said without a translation.
    window.jiebang = { modeler: this.modeler, untranslated };
  }

  twoLeads() {
    const [first, second] = [...this.choices.units, '牵头单位', '另一单位'];
    return [first, second];
  }

  async show(xml) {
    try {
      await this.modeler.importXML(xml);
    } catch (problem) {
      throw new Refusal(`这个文件不能作为流程图打开：${problem.message}`);
    }
    this.modeler.get('canvas').zoom('fit-viewport', 'auto');
    this.base = await this.xml();
    this.setDirty(false);
  }

  async xml() {
    keepNestedLanes(this.modeler.get('elementRegistry'));
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  // -- what was drawn and not deployed

  changed() {
    this.setDirty(true);
    outdate(this.root);
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => keep(this.draft, this.root.dataset.version ?? '', await this.xml()), SAVE_AFTER_MS);
  }

  setDirty(on) {
    this.dirty = on;
    this.root.querySelector('[data-dirty]').hidden = !on;
    if (on) return;
    clearTimeout(this.timer);
    forget(this.draft);
  }

  bringBack() {
    const draft = this.drafted;
    if (!draft || draft.data === this.base) return;
    message.show(this.box, `本页还保留着您此前没有部署的修改${draft.version === (this.root.dataset.version ?? '') ? '' : `（从第 ${draft.version} 版改起）`}。`, { kind: 'warning', focus: false });
    const button = element('button', '恢复这些修改', 'btn btn-sm btn-outline-primary');
    button.type = 'button';
    button.addEventListener('click', () => attempt(this.box, async () => {
      const base = this.base;
      await this.show(draft.data);
      this.base = base;
      this.changed();
    }));
    this.box.append(button);
  }

  // -- buttons

  acts() {
    const stack = this.modeler.get('commandStack');
    return {
      undo: () => stack.undo(),
      redo: () => stack.redo(),
      fit: () => this.modeler.get('canvas').zoom('fit-viewport', 'auto'),
      open: () => this.root.querySelector('[data-files]').click(),
      bpmn: async () => download(this.fileName(), await this.xml(), 'application/xml'),
      svg: async () => download(this.fileName().replace(/\.bpmn$/, '.svg'), (await this.modeler.saveSVG()).svg, 'image/svg+xml'),
      check: () => this.check(),
      deploy: () => this.deploy(),
    };
  }

  process() {
    const found = this.modeler.getDefinitions().rootElements.filter((one) => one.$type === 'bpmn:Process');
    return found.find((one) => one.isExecutable) ?? found[0];
  }

  fileName() {
    return this.file || `${this.process()?.id ?? 'process'}.bpmn`;
  }

  /** Opens files from the disk: a diagram takes the place of what is shown, forms and tables go along with it. */
  async take(input) {
    const files = await readFiles(input.files);
    input.value = '';
    const diagrams = files.filter((one) => /\.(bpmn|xml)$/.test(one.name));
    if (diagrams.length > 1) throw new Refusal('一次只能打开一个流程图，请只选一个 .bpmn 文件和它用到的表单、决策表。');
    if (diagrams.length && this.dirty && !window.confirm('当前流程图有未部署的修改，打开另一个文件后将不再显示。确定打开吗？')) return;
    for (const one of files) if (!diagrams.includes(one)) this.brought[one.name] = one.text;
    this.choices.forms = [...this.choices.forms, ...Object.keys(this.brought).filter((name) => name.endsWith('.form'))
      .map((name) => ({ id: name.slice(0, -5), used_by: [] })).filter((one) => !this.choices.forms.some((other) => other.id === one.id))];
    this.tellBrought();
    if (!diagrams.length) return;
    await this.show(diagrams[0].text);
    this.file = diagrams[0].name.replace(/\.xml$/, '.bpmn');
    this.draft = `modeler-${this.file}`;
    delete this.root.dataset.version;
    this.retitle('（本地文件）');
  }

  tellBrought() {
    const line = this.root.querySelector('[data-brought]');
    const names = Object.keys(this.brought);
    line.hidden = !names.length;
    line.textContent = `随流程图一并检查和部署：${names.join('、')}`;
  }

  retitle(origin) {
    this.root.querySelector('[data-title]').textContent = this.process()?.name || this.fileName();
    this.root.querySelector('[data-origin]').textContent = origin;
  }

  // -- checking and deploying

  /** The diagram and the files opened with it; forms and tables deployed before travel along by themselves. */
  files(xml) {
    return { ...this.brought, [this.fileName()]: xml };
  }

  tell(findings) {
    draw(this.modeler, findings);
    listFindings(this.root, findings, (one) => jumpTo(this.modeler, one.element));
  }

  async check() {
    const { findings } = await upload(this.root.dataset.deploy, this.files(await this.xml()), { checkOnly: true });
    this.tell(findings);
    return !findings.some((one) => one.severity === 'error');
  }

  async deploy() {
    const xml = await this.xml();
    const files = this.files(xml);
    const checked = await upload(this.root.dataset.deploy, files, { checkOnly: true });
    if (checked.findings.some((one) => one.severity === 'error')) {
      this.tell(checked.findings);
      message.show(this.box, '还有错误，没有部署。请按下面的检查结果改正。', { focus: false });
      return;
    }
    Object.assign(this.choices, await get(this.root.dataset.choices));
    const before = this.choices.processes.find((one) => one.key === this.process().id);
    if (!await confirmed(this.root, [...this.question(before), ...await this.differences(xml, before)])) return;
    const { deployment, findings } = await upload(this.root.dataset.deploy, files);
    if (!deployment) {
      this.tell(findings);
      return;
    }
    await this.deployed(deployment, before, xml);
  }

  question(before) {
    const { name } = this.process();
    if (!before) return [element('p', `“${name}”是新流程，将成为第 1 版。`)];
    const newest = before.versions[0].version;
    const parts = [element('p', `“${name}”将成为第 ${newest + 1} 版，新发起的案件使用这一版。`)];
    const running = before.versions.filter((one) => one.running);
    if (running.length) parts.push(element('p', `正在办理的案件不受影响，沿用原版办结：${running.map((one) => `第 ${one.version} 版 ${one.running} 件`).join('，')}。`));
    const opened = Number(this.root.dataset.version ?? 0);
    if (opened && opened !== newest) {
      parts.push(element('p', `注意：您是从第 ${opened} 版改起的，而最新的是第 ${newest} 版；部署后，新案件将没有第 ${newest} 版所作的修改。`, 'notice notice-warning'));
    }
    return parts;
  }

  /** What changes for new cases: the newest version, written as the modeler writes, against what is drawn. */
  async differences(xml, before) {
    if (!before) return [];
    const moddle = this.modeler.get('moddle');
    const { rootElement } = await moddle.fromXML(await fetchText(deployedFile(before.versions[0])));
    const found = changes((await moddle.toXML(rootElement)).xml, xml);
    const lines = [['新增', found.added], ['删除', found.removed], ['修改', found.changed]].filter(([, names]) => names.length)
      .map(([word, names]) => `${word} ${names.length} 处：${names.slice(0, NAMES_SHOWN).join('、')}${names.length > NAMES_SHOWN ? '等' : ''}`);
    const compared = `与第 ${before.versions[0].version} 版相比`;
    return lines.length ? [element('p', `${compared}：`), list(lines)] : [element('p', `${compared}，环节、连线和设置没有变化。`)];
  }

  async deployed(deployment, before, xml) {
    const made = deployment.definitions.find((one) => one.key === this.process().id);
    this.base = xml;
    this.setDirty(false);
    clear(this.modeler);
    this.root.querySelector('[data-findings]').hidden = true;
    Object.assign(this.choices, await get(this.root.dataset.choices));
    const same = made.version === before?.versions[0].version;
    this.root.dataset.version = made.version;
    this.root.dataset.process = made.key;
    this.draft = `modeler-${made.key}`;
    this.file = made.file;
    this.retitle(`第 ${made.version} 版`);
    const stored = this.choices.processes.find((one) => one.key === made.key);
    window.history.replaceState(null, '', `?definition=${stored.versions[0].id}`);
    message.show(this.box, same ? `内容与已部署的第 ${made.version} 版相同，没有产生新版本。` : `已部署：${made.name} 第 ${made.version} 版。新发起的案件使用这一版。`, { kind: 'success' });
  }
}

async function begin(root) {
  const page = new Page(root);
  page.drafted = kept(page.draft);
  try {
    await page.open();
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    message.show(page.box, problem.message);
  }
  root.dataset.ready = 'yes';
}

// On a narrow screen the page says why there is no modeler; a window made wider gets one.
const WIDE = window.matchMedia('(min-width: 1024px)');
for (const root of document.querySelectorAll('[data-modeler]')) {
  if (WIDE.matches) begin(root);
  else WIDE.addEventListener('change', () => begin(root), { once: true });
}
