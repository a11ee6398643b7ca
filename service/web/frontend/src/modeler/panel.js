// Our properties provider: draws the table of fields with the entries of the properties panel.
import { CheckboxEntry, SelectEntry, TextAreaEntry, TextFieldEntry, isCheckboxEntryEdited, isSelectEntryEdited,
  isTextAreaEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

import { split } from './encoding.js';
import { groupsOf } from './fields.js';

const SEARCHABLE = 7;
// What the engine does not run, or what our own groups say instead.
const NOT_OURS = new Set(['compensation', 'escalation', 'link', 'adHocCompletion']);

function useTools() {
  return { modeling: useService('modeling'), factory: useService('bpmnFactory') };
}

function usual({ element, id, field }) {
  const tools = useTools();
  return {
    element, id, label: field.label, description: field.hint, debounce: useService('debounceInput'),
    getValue: () => field.where.read(element),
    setValue: (value) => field.where.write(tools, element, value),
  };
}

function Text(props) {
  return h(TextFieldEntry, usual(props));
}

function Area(props) {
  return h(TextAreaEntry, { ...usual(props), autoResize: true, rows: 2 });
}

function Choice(props) {
  const choices = useService('choices');
  const { element, field } = props;
  const options = field.options(choices);
  const value = field.where.read(element);
  const lost = value && !options.some((one) => one.value === value) ? [{ value, label: `${value}（未登记）` }] : [];
  const empty = options.some((one) => one.value === '') || value ? [] : [{ value: '', label: '（请选择）' }];
  return h(SelectEntry, { ...usual(props), getOptions: () => [...empty, ...lost, ...options].map(({ value: one, label }) => ({ value: one, label })) });
}

function Check(props) {
  const tools = useTools();
  const { element, field } = props;
  return h(CheckboxEntry, {
    ...usual(props), getValue: () => field.where.read(element) === field.text,
    setValue: (on) => field.where.write(tools, element, on ? field.text : ''),
  });
}

function Shown({ element, id, field }) {
  return h('div', { class: 'bio-properties-panel-entry shown', 'data-entry-id': id },
    h('div', { class: 'bio-properties-panel-label' }, field.label),
    h('div', { class: 'entry-shown' }, field.value(element)),
    field.hint && h('div', { class: 'bio-properties-panel-description' }, field.hint));
}

// Several of many: what is chosen stands above, the rest below, with a search when there are many.
function Many({ element, id, field }) {
  const tools = useTools();
  const choices = useService('choices');
  const [query, setQuery] = useState('');
  const chosen = split(field.where.read(element));
  const known = field.options(choices);
  const lost = chosen.filter((one) => !known.some((other) => other.value === one)).map((one) => ({ value: one, label: `${one}（未登记）`, group: '' }));
  const options = [...lost, ...known];
  const asked = query.trim().toLowerCase();
  const shown = options.filter((one) => chosen.includes(one.value) || !asked || `${one.label}${one.text ?? ''}`.toLowerCase().includes(asked));
  const write = (values) => field.where.write(tools, element, values.join(field.joint));
  const toggle = (value, on) => write(on ? [...chosen, value] : chosen.filter((one) => one !== value));
  const ordered = [...shown.filter((one) => chosen.includes(one.value)), ...shown.filter((one) => !chosen.includes(one.value))];
  return h('fieldset', { class: 'bio-properties-panel-entry many', 'data-entry-id': id },
    h('legend', { class: 'bio-properties-panel-label' }, field.label, chosen.length > 0 && h('span', { class: 'many-count' }, `已选 ${chosen.length}`)),
    options.length > SEARCHABLE && h('input', {
      class: 'bio-properties-panel-input', type: 'search', value: query, placeholder: '查找', 'aria-label': `查找${field.label}`,
      onInput: (event) => setQuery(event.target.value),
    }),
    h('div', { class: 'many-options' },
      ordered.length ? ordered.map((one) => h(One, { key: one.value, id, one, on: chosen.includes(one.value), toggle, quoted: field.quoted }))
        : h('p', { class: 'bio-properties-panel-description' }, '没有符合的选项')));
}

function One({ id, one, on, toggle, quoted }) {
  const name = `${id}-${one.value}`;
  return h('div', { class: on ? 'many-one many-on' : 'many-one' },
    h('input', { id: name, type: 'checkbox', checked: on, onChange: (event) => toggle(one.value, event.target.checked) }),
    h('label', { for: name, title: one.text ?? '' }, one.label, one.group && h('small', null, one.group)),
    quoted && on && one.text && h('blockquote', null, one.text));
}

const KINDS = {
  text: [Text, isTextFieldEntryEdited], area: [Area, isTextAreaEntryEdited], select: [Choice, isSelectEntryEdited],
  check: [Check, isCheckboxEntryEdited], shown: [Shown, () => false],
  many: [Many, (node) => Boolean(node?.querySelector?.(':checked'))],
};

function entry(field) {
  const [component, isEdited] = KINDS[field.kind];
  return { id: field.id, component, isEdited, field };
}

class OurProvider {
  static $inject = ['propertiesPanel', 'choices'];

  constructor(panel, choices) {
    this.choices = choices;
    panel.registerProvider(400, this);
  }

  getGroups(element) {
    const ours = groupsOf(element, this.choices).map(({ id, label, open, fields }) => ({
      id: `jiebang-${id}`, label, shouldOpen: open,
      entries: fields.filter((field) => !field.on || field.on(element)).map(entry),
    }));
    return (groups) => {
      const kept = groups.filter((group) => !NOT_OURS.has(group.id));
      const [general, rest] = [kept.filter((group) => group.id === 'general'), kept.filter((group) => group.id !== 'general')];
      return [...general, ...ours, ...rest];
    };
  }
}

/** The module for the modeler; `choices` is what may be chosen, renewed in place. */
export function panelModule(choices) {
  return {
    __init__: ['ourProvider'],
    choices: ['value', choices],
    ourProvider: ['type', OurProvider],
  };
}
