// What the settings of the modeler write into a diagram, and read from it.
import { BpmnModdle } from 'bpmn-moddle';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import { beforeEach, describe, expect, test } from 'vitest';

import { at, inputs, loopOf, properties, split, subject } from '../src/modeler/encoding.js';

const moddle = new BpmnModdle({ camunda });
// As the modeler's commands do it, without their undo.
const tools = {
  factory: moddle,
  modeling: { updateModdleProperties: (_, owner, changed) => Object.entries(changed).forEach(([name, value]) => owner.set(name, value)) },
};
let element;

const extensions = () => element.businessObject.extensionElements?.get('values') ?? [];

beforeEach(() => {
  element = { businessObject: moddle.create('bpmn:UserTask', { id: 'review' }) };
});

describe('lists of names', () => {
  test.each([['甲单位，乙单位、丙单位; 丁单位', ['甲单位', '乙单位', '丙单位', '丁单位']], [' , ', []], [undefined, []]])('%s', (typed, names) => {
    expect(split(typed)).toEqual(names);
  });
});

describe('properties of a step', () => {
  test('are written, changed in their place and removed', () => {
    properties.write(tools, element, 'term', '5');
    properties.write(tools, element, 'basis', 'ours');
    properties.write(tools, element, 'term', '10');
    expect(properties.all(element).map(({ name, value }) => [name, value])).toEqual([['term', '10'], ['basis', 'ours']]);
    properties.write(tools, element, 'term', '');
    expect(properties.read(element, 'term')).toBe('');
    expect(properties.read(element, 'basis')).toBe('ours');
  });

  test('leave nothing behind when the last one is removed', () => {
    properties.write(tools, element, 'term', '5');
    properties.write(tools, element, 'term', '');
    expect(element.businessObject.extensionElements).toBeUndefined();
  });

  test('removing what is not there changes nothing', () => {
    properties.write(tools, element, 'term', '5');
    properties.write(tools, element, 'other', '');
    expect(properties.all(element)).toHaveLength(1);
  });

  test('leave other extensions alone, with outputs beside inputs', () => {
    const output = moddle.create('camunda:OutputParameter', { name: 'result', value: '${result}' });
    const mapping = moddle.create('camunda:InputOutput', { outputParameters: [output] });
    element.businessObject.extensionElements = moddle.create('bpmn:ExtensionElements', { values: [mapping] });
    inputs.write(tools, element, 'unit', '=managing_unit');
    properties.write(tools, element, 'term', '5');
    expect(extensions().map(({ $type }) => $type)).toEqual(['camunda:InputOutput', 'camunda:Properties']);
    inputs.write(tools, element, 'unit', '');
    const [{ outputParameters }] = extensions().filter(({ $type }) => $type === 'camunda:InputOutput');
    expect(outputParameters).toEqual([output]);
  });
});

describe('where a setting stands', () => {
  test('an attribute, gone when it is empty', () => {
    const assignee = at.attribute('camunda:assignee');
    assignee.write(tools, element, '=lead');
    expect(assignee.read(element)).toBe('=lead');
    assignee.write(tools, element, '');
    expect(element.businessObject.get('camunda:assignee')).toBeUndefined();
    expect(assignee.read(element)).toBe('');
  });

  test('the process of a pool', () => {
    const process = moddle.create('bpmn:Process', { id: 'cf_project' });
    const pool = { businessObject: moddle.create('bpmn:Participant', { processRef: process }) };
    expect(subject(pool)).toBe(process);
    at.property('title').write(tools, pool, '揭榜项目');
    expect(properties.read({ businessObject: process }, 'title')).toBe('揭榜项目');
  });

  test('a loop only where there are several instances', () => {
    expect(loopOf(element)).toBeNull();
    element.businessObject.loopCharacteristics = moddle.create('bpmn:StandardLoopCharacteristics');
    expect(loopOf(element)).toBeNull();
    element.businessObject.loopCharacteristics = moddle.create('bpmn:MultiInstanceLoopCharacteristics');
    at.loop('camunda:collection').write(tools, element, '=experts');
    expect(at.loop('camunda:collection').read(element)).toBe('=experts');
  });

  test('a condition, gone when it is empty', () => {
    const flow = { businessObject: moddle.create('bpmn:SequenceFlow', { id: 'yes' }) };
    at.condition.write(tools, flow, '=passed');
    expect(at.condition.read(flow)).toBe('=passed');
    at.condition.write(tools, flow, '');
    expect(flow.businessObject.conditionExpression).toBeUndefined();
  });

  test('an input that is a script or a list is not taken for text', () => {
    const list = moddle.create('camunda:InputParameter', { name: 'unit', definition: moddle.create('camunda:List') });
    element.businessObject.extensionElements = moddle.create('bpmn:ExtensionElements', {
      values: [moddle.create('camunda:InputOutput', { inputParameters: [list] })],
    });
    expect(at.input('unit').read(element)).toBe('');
  });
});
