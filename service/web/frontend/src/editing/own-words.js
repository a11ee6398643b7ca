// Gaps of the public dictionaries, and words that our pages say differently (a lane is a 泳道, not a 通道).
export const OWN = {
  ID: '编号（ID）', Process: '流程', Collaboration: '流程图', Completion: '完成条件', Lane: '泳道', Participant: '泳池',
  'User Task': '用户任务', 'Expanded Sub Process': '子流程', 'Sub-process': '子流程', 'Ad-hoc sub-process': '自由子流程',
  'Expanded pool/participant': '泳池', 'Empty pool/participant': '空泳池', 'Empty pool/participant (removes content)': '空泳池（删除内容）',
  'Exclusive gateway': '排他网关', 'Inclusive gateway': '包容网关', 'Call activity': '调用活动', 'Business rule task': '业务规则任务', 'Manual task': '人工任务',
  'Message Flow': '消息流', 'Sequence Flow': '连线', 'Sequence flow': '连线', Association: '关联', 'Text Annotation': '批注',
  'Message Boundary Event (Non Interrupting)': '消息边界事件（非中断）', 'Timer Boundary Event (Non Interrupting)': '定时边界事件（非中断）',
  'Terminate End Event': '终止结束事件', 'Create expanded sub-process': '添加子流程', 'Create pool/participant': '添加泳池',
  'Divide into two lanes': '分成两条泳道', 'Divide into three lanes': '分成三条泳道', 'Add lane above': '在上方加一条泳道', 'Add lane below': '在下方加一条泳道',
  'Open documentation': '打开说明', 'Toggle section': '展开或收起', 'Section contains an error': '此节有错误', 'Section contains edits': '此节有内容',
  '<empty>': '（空）', 'Toggle list item': '展开或收起', 'Delete item': '删除', 'Create new list item': '增加一项', Create: '新建',
  'Align elements ': '对齐 ', 'Boundary event': '边界事件', 'Cancel remaining instances': '取消其余实例',
};
