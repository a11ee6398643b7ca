// A new process: a pool with two lanes, a start, one step and an end, so that nobody begins before an empty page.
function lane(id, name, y, members) {
  return {
    semantic: `<bpmn:lane id="${id}" name="${name}">${members.map((one) => `<bpmn:flowNodeRef>${one}</bpmn:flowNodeRef>`).join('')}</bpmn:lane>`,
    drawn: `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}" isHorizontal="true"><dc:Bounds x="190" y="${y}" width="770" height="160" /></bpmndi:BPMNShape>`,
  };
}

function escaped(name) {
  return name.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
}

/** The XML; `leads` are two names for the lanes. */
export function blank([first, second]) {
  const lanes = [lane('lane_first', escaped(first), 80, ['started', 'first_step', 'ended']), lane('lane_second', escaped(second), 240, [])];
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions_new" targetNamespace="urn:jiebang:bpmn">
  <bpmn:collaboration id="collaboration_new"><bpmn:participant id="pool_new" name="新流程" processRef="new_process" /></bpmn:collaboration>
  <bpmn:process id="new_process" name="新流程" isExecutable="true">
    <bpmn:laneSet id="lanes_new">${lanes.map((one) => one.semantic).join('')}</bpmn:laneSet>
    <bpmn:startEvent id="started" name="开始"><bpmn:outgoing>flow_started_first_step</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="first_step" name="第一个环节"><bpmn:incoming>flow_started_first_step</bpmn:incoming><bpmn:outgoing>flow_first_step_ended</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="ended" name="结束"><bpmn:incoming>flow_first_step_ended</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="flow_started_first_step" sourceRef="started" targetRef="first_step" />
    <bpmn:sequenceFlow id="flow_first_step_ended" sourceRef="first_step" targetRef="ended" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_new"><bpmndi:BPMNPlane id="plane_new" bpmnElement="collaboration_new">
    <bpmndi:BPMNShape id="pool_new_di" bpmnElement="pool_new" isHorizontal="true"><dc:Bounds x="160" y="80" width="800" height="320" /></bpmndi:BPMNShape>
    ${lanes.map((one) => one.drawn).join('')}
    <bpmndi:BPMNShape id="started_di" bpmnElement="started"><dc:Bounds x="252" y="142" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="259" y="185" width="22" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="first_step_di" bpmnElement="first_step"><dc:Bounds x="370" y="120" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="ended_di" bpmnElement="ended"><dc:Bounds x="552" y="142" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="559" y="185" width="22" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="flow_started_first_step_di" bpmnElement="flow_started_first_step"><di:waypoint x="288" y="160" /><di:waypoint x="370" y="160" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="flow_first_step_ended_di" bpmnElement="flow_first_step_ended"><di:waypoint x="470" y="160" /><di:waypoint x="552" y="160" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;
}
