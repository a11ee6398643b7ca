import { describe, expect, test } from 'vitest';

import { changes } from '../src/modeler/changes.js';

function diagram(steps, { lanes = '', drawing = '' } = {}) {
  return `<?xml version="1.0"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="d"><bpmn:process id="p">${lanes}${steps}</bpmn:process>${drawing}</bpmn:definitions>`;
}

const task = (id, name, inner = '') => `<bpmn:userTask id="${id}" name="${name}">${inner}</bpmn:userTask>`;
const flow = (from, to) => `<bpmn:sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`;
const lane = (name, ...steps) =>
  `<bpmn:laneSet><bpmn:lane id="l" name="${name}">${steps.map((id) => `<bpmn:flowNodeRef>${id}</bpmn:flowNodeRef>`).join('')}</bpmn:lane></bpmn:laneSet>`;
const nothing = { added: [], removed: [], changed: [] };

describe('what a deployment changes', () => {
  test('nothing, when only the drawing moved', () => {
    const drawing = '<bpmndi:BPMNDiagram id="b"><bpmndi:BPMNPlane id="c" bpmnElement="p"/></bpmndi:BPMNDiagram>';
    expect(changes(diagram(task('a', '申请')), diagram(task('a', '申请'), { drawing }))).toEqual(nothing);
  });

  test('steps and lines that came, went and were changed, by their names', () => {
    const before = diagram(task('a', '申请') + task('b', '审核') + flow('a', 'b'));
    const after = diagram(task('a', '申报') + task('c', '论证') + flow('a', 'c'));
    expect(changes(before, after)).toEqual({
      added: ['“论证”', '连线 “申报”→“论证”'], removed: ['“审核”', '连线 “申请”→“审核”'], changed: ['“申报”'],
    });
  });

  test('a line drawn at a step does not change the step', () => {
    const before = diagram(task('a', '申请') + task('b', '审核'));
    const after = diagram(task('a', '申请', '<bpmn:outgoing>a_b</bpmn:outgoing>') + task('b', '审核', '<bpmn:incoming>a_b</bpmn:incoming>') + flow('a', 'b'));
    expect(changes(before, after)).toEqual({ ...nothing, added: ['连线 “申请”→“审核”'] });
  });

  test('a step in another lane has another lead', () => {
    const steps = task('a', '申请') + task('b', '审核');
    const { changed } = changes(diagram(steps, { lanes: lane('市科技局', 'a') }), diagram(steps, { lanes: lane('市财政局', 'a') }));
    expect(changed).toEqual(['泳道“市财政局”', '“申请”']);
  });

  test('the order of attributes says nothing', () => {
    expect(changes(diagram('<bpmn:task id="a" name="x"/>'), diagram('<bpmn:task name="x" id="a"/>'))).toEqual(nothing);
  });
});
