// Reading and writing what our diagrams say beside plain BPMN (bpmn/README.md). Every write is one command of the
// modeler, so that it can be undone; what is empty is removed.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

const SEPARATORS = /[,，、;；]/;

export function split(text) {
  return (text ?? '').split(SEPARATORS).map((one) => one.trim()).filter(Boolean);
}

/** What carries the settings of an element: for a pool its process. */
export function subject(element) {
  const bo = getBusinessObject(element);
  return is(bo, 'bpmn:Participant') ? bo.processRef : bo;
}

export function loopOf(element) {
  const loop = subject(element)?.loopCharacteristics;
  return loop && is(loop, 'bpmn:MultiInstanceLoopCharacteristics') ? loop : null;
}

function extension(bo, type) {
  return bo?.extensionElements?.get('values').find((one) => is(one, type));
}

function owned(child, parent) {
  child.$parent = parent;
  return child;
}

function extensionElements(bo, type, next, factory) {
  const kept = (bo.extensionElements?.get('values') ?? []).filter((one) => !is(one, type));
  const values = next ? [...kept, next] : kept;
  if (!values.length) return undefined;
  const made = owned(factory.create('bpmn:ExtensionElements', { values }), bo);
  for (const one of values) owned(one, made);
  return made;
}

function update(tools, element, moddle, properties) {
  tools.modeling.updateModdleProperties(element, moddle, properties);
}

// A list of named things inside one extension element: camunda:properties and camunda:inputOutput.
function named(type, list, item, textOf) {
  const all = (element) => extension(subject(element), type)?.get(list) ?? [];
  return {
    all,
    read: (element, name) => all(element).find((one) => one.name === name)?.[textOf] ?? '',
    write(tools, element, name, text) {
      const bo = subject(element);
      const old = extension(bo, type);
      const fresh = text ? [tools.factory.create(item, { name, [textOf]: text })] : [];
      const at = all(element).findIndex((one) => one.name === name);
      const items = all(element).slice();
      items.splice(at < 0 ? items.length : at, at < 0 ? 0 : 1, ...fresh);
      const next = tools.factory.create(type, { ...(old ? others(old, list) : {}), [list]: items });
      for (const one of items) owned(one, next);
      const empty = !items.length && !next.get('outputParameters')?.length;
      update(tools, element, bo, { extensionElements: extensionElements(bo, type, empty ? null : next, tools.factory) });
    },
  };
}

function others(old, list) {
  return list === 'inputParameters' && old.get('outputParameters')?.length ? { outputParameters: old.get('outputParameters') } : {};
}

export const properties = named('camunda:Properties', 'values', 'camunda:Property', 'value');
export const inputs = named('camunda:InputOutput', 'inputParameters', 'camunda:InputParameter', 'value');

/** Where a setting stands: each has `read(element)` and `write(tools, element, text)`. */
export const at = {
  property: (name) => ({
    read: (element) => properties.read(element, name),
    write: (tools, element, text) => properties.write(tools, element, name, text),
  }),
  input: (name) => ({
    read: (element) => text(inputs.read(element, name)),
    write: (tools, element, value) => inputs.write(tools, element, name, value),
  }),
  attribute: (name, more = () => ({})) => ({
    read: (element) => subject(element)?.get(name) ?? '',
    write: (tools, element, value) => update(tools, element, subject(element), { [name]: value || undefined, ...more(value) }),
  }),
  loop: (name) => ({
    read: (element) => loopOf(element)?.get(name) ?? '',
    write: (tools, element, value) => update(tools, element, loopOf(element), { [name]: value || undefined }),
  }),
  condition: {
    read: (element) => subject(element).conditionExpression?.body ?? '',
    write(tools, element, value) {
      const bo = subject(element);
      const made = value ? owned(tools.factory.create('bpmn:FormalExpression', { body: value }), bo) : undefined;
      update(tools, element, bo, { conditionExpression: made });
    },
  },
};

function text(value) {
  return typeof value === 'string' ? value : '';
}
