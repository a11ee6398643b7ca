// The settings that our diagrams carry, as one table: which element has which, where it is written, how it is chosen.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';

import { at, inputs, loopOf, properties } from './encoding.js';
import { laneName } from './lanes.js';

const ACTIONS = {
  number: '取编号', publish: '对外公布', close_publication: '结束或撤下公布', publish_list: '发布清单', notify: '发通知', reply: '答复外部人员',
  waiting_cases: '收取等待中的案件', list_in_force: '读取现行清单', collect: '汇总配合单位所填各行', people: '列出某一角色的人员', open_account: '开通账号', settle_extension: '落实延期审批结果', name_officers: '登记责任人',
  enter_demands: '技术需求入库', demands: '读取项目库', mark_demands: '更改技术需求的状态', children: '汇总各子案件', siblings: '统计同一上级的其他子案件',
};
const ARGUMENTS = {
  format: '编号格式', kind: '种类', title: '标题', text: '正文', to: '通知对象', process: '流程', message: '消息', name: '名称', entries: '清单内容',
  number: '编号', until: '截止', details: '公布的内容', publication: '公布', conclusion: '审批结论', item: '事项编号', opinion: '意见', state: '状态', reason: '理由', key: '栏目', keys: '各栏目', step: '环节', role: '角色',
  without: '排除的单位', employer: '工作单位', login: '登录名', phone: '电话', sponsor: '归口单位', submission: '外部提交', rows: '各行', source: '来源', ids: '各条标识', pilot: '试点',
};
const DUE = 'P5WD 为 5 个工作日，P30D 为 30 天，--12-31 为每年 12 月 31 日；也可填日期，或以 = 开头的表达式';
const WHOSE = [{ value: '', label: '（按期限推定）' }, { value: 'text', label: '文件规定的期限' }, { value: 'ours', label: '本系统默认的期限' }];
const WHOSE_HINT = '只有文件原文写明的期限才选“文件规定”；没有选择的，写明长短的为本系统默认，由表达式得出日期的为本案另行确定';
const FEEL = '以 = 开头的 FEEL 表达式';

function eventOf(element, kind) {
  return getBusinessObject(element).get('eventDefinitions')?.some((one) => is(one, `bpmn:${kind}EventDefinition`));
}

// The plain task and the manual task are done by people too.
function isPeoples(element) {
  return is(element, 'bpmn:UserTask') || ['bpmn:Task', 'bpmn:ManualTask'].includes(element.type);
}

const catches = (element) => is(element, 'bpmn:ReceiveTask') || (is(element, 'bpmn:CatchEvent') && !is(element, 'bpmn:StartEvent') && eventOf(element, 'Message'));
const throws = (element) => is(element, 'bpmn:SendTask') || (is(element, 'bpmn:ThrowEvent') && eventOf(element, 'Message'));
const starts = (element) => is(element, 'bpmn:StartEvent') && is(element.parent, 'bpmn:Participant');
const branches = (element) => is(element, 'bpmn:SequenceFlow') && isAny(element.source, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway']);

function option(name, group = '') {
  return { value: name, label: name, group };
}

function holders({ units, relatives, roles, groups }) {
  return {
    leads: [...roles.map((one) => option(one, '人员')), ...relatives.map((one) => option(one, '随案件而定')), ...units.map((one) => option(one, '单位'))],
    helpers: [
      ...groups.map((one) => ({ ...option(one.name, '单位组'), text: one.members.join('、') })),
      ...relatives.map((one) => option(one, '随案件而定')), ...units.map((one) => option(one, '单位')),
    ],
  };
}

const forms = ({ forms: all }) => all.map((one) => ({ value: one.id, label: one.steps?.length ? `${one.id}（${one.steps[0]}）` : one.id }));
const leads = (choices) => holders(choices).leads;
const helpers = (choices) => holders(choices).helpers;
const senders = (choices) => [...choices.roles.map((one) => option(one, '人员')), ...helpers(choices)];
const clauses = ({ clauses: all }) => all.map(({ id, title, text }) => ({ value: id, label: `${id} ${title}`, group: '', text }));

const form = at.attribute('camunda:formRef', (value) => ({ 'camunda:formRefBinding': value ? 'deployment' : undefined }));
const result = { id: 'resultVariable', label: '结果变量', kind: 'text', where: at.attribute('camunda:resultVariable'), hint: '结果以此名称记入案件数据' };
const key = { id: 'key', label: '对应关系（key）', kind: 'text', where: at.property('key'), hint: `${FEEL}；收发两端的值相同才会送达` };
const yes = { text: 'yes' };
const comes = (element) => ['outcome', 'tone', 'outcomeName', 'outcomeText'].some((name) => properties.read(element, name));
const filled = (element) => Boolean(form.read(element) || properties.read(element, 'form'));
const checking = [
  { id: 'check', label: '跨字段校验', kind: 'area', where: at.property('check'), on: filled, hint: `${FEEL}，结果为空即通过，否则为要显示的提示，如 =if project_end < project_start then "结束时间早于开始时间" else null` },
];
const reading = [
  { id: 'restricted', label: '内容仅限查看的单位或人员', kind: 'many', where: at.property('restricted'), options: (all) => senders(all), joint: '、' },
  { id: 'sealed', label: '内容封存的条件', kind: 'area', where: at.property('sealed'), hint: `${FEEL}，成立期间谁都不能查看内容（填写人可以看自己填的），如 =bids_open` },
];

const judging = [
  { id: 'shows', label: '另可查看的环节', kind: 'area', where: at.property('shows'), hint: '办理此环节的人可以查看其内容和附件的环节编号，用顿号分开；只看某份外部提交的，在括号里写其编号，如 bid_received(chosen.submission)。密封期间仍不可看' },
  { id: 'recusal', label: '视为回避的条件', kind: 'text', where: at.property('recusal'), hint: `${FEEL}，如 =recused。成立的，办理人此后不再看到上列环节的内容` },
  { id: 'anonymous', label: '不公开办理人姓名的条件', kind: 'area', where: at.property('anonymous'), hint: `${FEEL}，成立期间他人看不到谁在办理、谁已办结，如 =decision = null` },
  { id: 'namedTo', label: '可以知道姓名的单位或人员', kind: 'many', where: at.property('namedTo'), options: (all) => senders(all), joint: '、', on: (element) => Boolean(properties.read(element, 'anonymous')) },
  { id: 'about', label: '所审核的案件', kind: 'text', where: at.property('about'), hint: `${FEEL}，另一案件的编号，如 =application.case_id；办理人可以查看该案件` },
  { id: 'columns', label: '一览表的栏目', kind: 'area', where: at.property('columns'), hint: '栏目名称=所审核案件的数据名，用分号分开，如 项目=project_title；单位=workplace', on: (element) => Boolean(properties.read(element, 'about')) },
];

function argumentFields(element, choices) {
  const known = choices.actions[properties.read(element, 'action')] ?? [];
  const said = inputs.all(element).map((one) => one.name).filter((name) => !known.includes(name));
  return [...known, ...said].map((name) => ({
    id: `argument-${name}`, label: ARGUMENTS[name] ? `${ARGUMENTS[name]}（${name}）` : name, kind: 'area', where: at.input(name),
    hint: name === 'format' ? `已有的编号格式：${choices.numbers.map((one) => `"${one}"`).join('、') || '无'}` : '以 = 开头的 FEEL 表达式，或文字',
  }));
}

/** The groups of settings of an element: `{id, label, open, fields}`. */
export function groupsOf(element, choices) {
  return GROUPS.filter((group) => group.on(element)).map((group) => ({
    ...group, fields: typeof group.fields === 'function' ? group.fields(element, choices) : group.fields,
  }));
}

const GROUPS = [
  {
    id: 'lane', label: '泳道', open: true, on: (element) => is(element, 'bpmn:Lane'),
    fields: [{ id: 'lane-lead', label: '牵头单位或人员', kind: 'select', where: at.attribute('name'), options: leads, hint: '泳道里的环节由它牵头' }],
  },
  {
    id: 'routing', label: '牵头与配合', open: true, on: isPeoples,
    fields: [
      { id: 'lead', label: '牵头单位', kind: 'shown', value: (element) => laneName(element) || '没有画在泳道里', hint: '由所在泳道决定，拖到另一条泳道即可更换' },
      { id: 'coUnits', label: '配合单位', kind: 'many', where: at.property('coUnits'), options: helpers, joint: '、' },
      { id: 'coRule', label: '牵头单位办结前', kind: 'select', where: at.property('coRule'), options: () => [
        { value: '', label: '须等全部配合单位反馈（默认）' }, { value: 'all', label: '须等全部配合单位反馈' },
        { value: 'any', label: '任一配合单位反馈即可' }, { value: 'none', label: '不必等待' }], on: (element) => Boolean(properties.read(element, 'coUnits')) || Boolean(properties.read(element, 'coRule')) },
      { id: 'coForm', label: '配合单位填写的表单', kind: 'select', where: at.property('coForm'), options: (all) => [{ value: '', label: '通用反馈表（默认）' }, ...forms(all)], on: (element) => Boolean(properties.read(element, 'coUnits')) || Boolean(properties.read(element, 'coForm')) },
      { id: 'coDue', label: '反馈期限', kind: 'text', where: at.property('coDue'), hint: `默认 5 个工作日。${DUE}`, on: (element) => Boolean(properties.read(element, 'coUnits')) || Boolean(properties.read(element, 'coDue')) },
    ],
  },
  {
    id: 'work', label: '表单与期限', open: true, on: isPeoples,
    fields: [
      { id: 'form', label: '表单', kind: 'select', where: form, options: (all) => [{ value: '', label: '（请选择）' }, ...forms(all)], on: (element) => is(element, 'bpmn:UserTask') },
      { id: 'due', label: '办理期限', kind: 'text', where: at.property('due'), hint: DUE },
      { id: 'termBasis', label: '期限依据', kind: 'select', where: at.property('termBasis'), options: () => WHOSE, hint: WHOSE_HINT, on: (element) => Boolean(properties.read(element, 'due')) || Boolean(properties.read(element, 'termBasis')) },
      { id: 'prefill', label: '再次办理时带出上次填写的全部内容', kind: 'check', where: at.property('prefill'), ...yes },
      { id: 'subject', label: '事项说明', kind: 'text', where: at.property('subject'), hint: `${FEEL}，显示在待办的环节名称之后` },
      { id: 'returnText', label: '退回说明', kind: 'area', where: at.property('returnText'), hint: `${FEEL} 或文字，流程图中的线路带回本环节时告知办理人；结果为空则不告知。人工退回的理由不必写在这里` },
      { id: 'about', label: '所审核的案件', kind: 'text', where: at.property('about'), hint: `${FEEL}，结果为另一案件的编号，办理人可以查看该案件，如 =application.case_id` },
      ...checking,
      { id: 'barrier', label: '办结后不能再退回到此前', kind: 'check', where: at.property('barrier'), ...yes },
      ...reading,
      ...judging,
    ],
  },
  {
    id: 'action', label: '服务动作', open: true, on: (element) => is(element, 'bpmn:ServiceTask'),
    fields: (element, choices) => [
      { id: 'action', label: '动作', kind: 'select', where: at.property('action'), options: (all) => [{ value: '', label: '（请选择）' }, ...Object.keys(all.actions).map((name) => ({ value: name, label: ACTIONS[name] ? `${ACTIONS[name]}（${name}）` : name }))] },
      ...argumentFields(element, choices),
      result,
    ],
  },
  {
    id: 'decision', label: '决策表', open: true, on: (element) => is(element, 'bpmn:BusinessRuleTask'),
    fields: [
      { id: 'decisionRef', label: '决策', kind: 'select', where: at.attribute('camunda:decisionRef'), options: (all) => [{ value: '', label: '（请选择）' }, ...all.decisions.map((one) => ({ value: one.id, label: `${one.name}（${one.id}）` }))] },
      result,
    ],
  },
  {
    id: 'script', label: '计算', open: true, on: (element) => is(element, 'bpmn:ScriptTask'),
    fields: [{ id: 'script', label: '表达式', kind: 'area', where: at.attribute('script', () => ({ scriptFormat: 'feel' })), hint: FEEL }, result],
  },
  {
    id: 'condition', label: '条件', open: true, on: branches,
    fields: [{ id: 'condition', label: '满足时走这条线', kind: 'area', where: at.condition, hint: `${FEEL}，如 =unit_conclusion = "agree"。默认流不写条件` }],
  },
  {
    id: 'catching', label: '收到的消息', open: true, on: catches,
    fields: [
      key,
      { id: 'variable', label: '内容存入变量', kind: 'text', where: at.property('variable') },
      { id: 'senders', label: '可以在案件页上发起的单位或人员', kind: 'many', where: at.property('senders'), options: senders, joint: '、' },
      { id: 'event-form', label: '发起时填写的表单', kind: 'select', where: at.property('form'), options: (all) => [{ value: '', label: '（无）' }, ...forms(all)] },
      { id: 'public', label: '可由外部人员在公开页面上提交', kind: 'check', where: at.property('public'), ...yes },
      ...checking,
      { id: 'barrier', label: '收到后不能再退回到此前', kind: 'check', where: at.property('barrier'), ...yes },
      ...reading,
    ],
  },
  {
    id: 'timing', label: '定时', open: true, on: (element) => is(element, 'bpmn:Event') && Boolean(eventOf(element, 'Timer')),
    fields: [{ id: 'timerBasis', label: '期限依据', kind: 'select', where: at.property('termBasis'), options: () => WHOSE, hint: WHOSE_HINT }],
  },
  {
    id: 'throwing', label: '发出的消息', open: true, on: throws,
    fields: [key, { id: 'payload', label: '内容', kind: 'area', where: at.property('payload'), hint: '以 = 开头，如 ={decision: decision, opinion: opinion}' }],
  },
  {
    id: 'start', label: '发起', open: true, on: starts,
    fields: [
      { id: 'starter', label: '发起单位或人员', kind: 'shown', value: (element) => laneName(element) || '没有画在泳道里', hint: '由所在泳道决定' },
      { id: 'start', label: '用途', kind: 'select', where: at.property('start'), options: () => [{ value: '', label: '日常发起' }, { value: 'import', label: '补录已在实施的项目' }, { value: 'public', label: '由外部人员在公开页面上提出' }, { value: 'command', label: '由系统命令发起（如申请延期）' }] },
      { id: 'awaited', label: '有案件等待此消息才发起', kind: 'text', where: at.property('awaited'), on: (element) => !properties.read(element, 'start') || Boolean(properties.read(element, 'awaited')), hint: '填写消息名称，如 filing_decided。没有案件在等待、或上一件还没有汇集时，定时发起顺延到下一次，人工发起先作提示' },
      { id: 'start-form', label: '补录或公开提出时填写的表单', kind: 'select', where: at.property('form'), options: (all) => [{ value: '', label: '（无）' }, ...forms(all)], on: (element) => Boolean(properties.read(element, 'start')) },
    ],
  },
  {
    id: 'outcome', label: '案件结果', open: false, on: (element) => is(element, 'bpmn:Event'),
    fields: [
      { id: 'outcome', label: '结果代码', kind: 'text', where: at.property('outcome'), hint: '经过此事件即为案件的进展或结果；只用英文字母、数字和下划线，如 filed' },
      { id: 'tone', label: '结果性质', kind: 'select', where: at.property('tone'), options: () => [{ value: '', label: '（请选择）' }, { value: 'good', label: '正面' }, { value: 'bad', label: '负面' }, { value: 'neutral', label: '中性' }], on: comes },
      { id: 'outcomeName', label: '结果名称', kind: 'text', where: at.property('outcomeName'), hint: '不填则用事件的名称', on: comes },
      { id: 'outcomeText', label: '结果说明', kind: 'area', where: at.property('outcomeText'), hint: `${FEEL} 或文字，告知发起人和当事人，如 ="备案编号：" + filing.number`, on: comes },
    ],
  },
  {
    id: 'loop', label: '逐项办理', open: true, on: (element) => Boolean(loopOf(element)),
    fields: [
      { id: 'collection', label: '对哪个清单逐项办理', kind: 'text', where: at.loop('camunda:collection'), hint: '以 = 开头的 FEEL 表达式' },
      { id: 'elementVariable', label: '每一项的名称', kind: 'text', where: at.loop('camunda:elementVariable') },
      { id: 'results', label: '各项结果汇入清单', kind: 'text', where: at.property('results') },
    ],
  },
  {
    id: 'policy', label: '政策依据', open: true, on: (element) => is(element, 'bpmn:FlowNode') && !is(element, 'bpmn:Gateway'),
    fields: [
      { id: 'clause', label: '条款', kind: 'many', where: at.property('clause'), options: clauses, joint: ';', quoted: true },
      { id: 'basis', label: '依据', kind: 'select', where: at.property('basis'), options: () => [{ value: '', label: '（请选择）' }, { value: 'text', label: '文件条款' }, { value: 'ours', label: '本系统补充' }] },
    ],
  },
  {
    id: 'joint', label: '共同牵头', open: false, on: (element) => is(element, 'bpmn:UserTask'),
    fields: [{ id: 'leads', label: '牵头的各家单位或人员（条款写明几家牵头时才填）', kind: 'many', where: at.attribute('camunda:candidateGroups'), options: leads, joint: ',' }],
  },
  {
    id: 'process', label: '案件', open: false, on: (element) => isAny(element, ['bpmn:Participant', 'bpmn:Process']) && Boolean(is(element, 'bpmn:Process') || getBusinessObject(element).processRef),
    fields: [
      { id: 'number', label: '案件编号取自', kind: 'text', where: at.property('number'), hint: `${FEEL}，如 =filing.number` },
      { id: 'concerned', label: '当事人', kind: 'text', where: at.property('concerned'), hint: `${FEEL}，结果为账号清单，如 =[demander, bidder]；他们会收到案件结果，并可以查看案件。发起人不必写` },
    ],
  },
];
