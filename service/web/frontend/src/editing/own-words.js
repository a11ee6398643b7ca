// Gaps of the public dictionaries, and words that people here use differently (a lane is a 泳道, not a 通道).
export const OWN = {
  Process: '流程',
  ID: '编号（ID）',
  Collaboration: '流程图',
  Completion: '完成条件',
  'User Task': '用户任务',
};
