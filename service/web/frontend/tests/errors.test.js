import { describe, expect, test } from 'vitest';

import { byComponent, errorsOf, linesByLabel, linesOf } from '../src/form/errors.js';

// 名称, a list 成员 with 姓名 and 职务, 金额 inside a group: in the order of the page.
const FIELDS = [
  { id: 'f_name', key: 'name', label: '名称' },
  { id: 'f_members', path: 'members', label: '成员' },
  { id: 'f_person', key: 'person', label: '姓名', _parent: 'f_members' },
  { id: 'f_post', key: 'post', label: '职务', _parent: 'f_members' },
  { id: 'f_group', label: '经费' },
  { id: 'f_amount', key: 'money.amount', dateLabel: '金额', _parent: 'f_group' },
];
const form = {
  get: () => ({ getAll: () => FIELDS, get: (id) => FIELDS.find((field) => field.id === id) }),
};

describe('errors of the server', () => {
  test('reach the components of the form, row by row', () => {
    const errors = byComponent(form, {
      name: ['必填'], 'members[1].person': '必填', 'members[1].post': ['太长', '太短'], 'money.amount': ['太大'], elsewhere: ['不在此表'],
    });
    expect(errors.f_name).toEqual(['必填']);
    expect(errors.f_person[1]).toEqual(['必填']);
    expect(errors.f_person[0]).toBeUndefined();
    expect(errors.f_post[1]).toEqual(['太长', '太短']);
    expect(errors.f_amount).toEqual(['太大']);
    expect(Object.keys(errors)).toHaveLength(4);
  });

  test('are read in the order of the form, what belongs to no field last', () => {
    const lines = linesOf(form, {
      elsewhere: ['不在此表'], 'money.amount': ['太大'], 'members[10].person': ['第十一行'], 'members[2].person': ['第三行'], name: ['必填'],
    });
    expect(lines).toEqual(['必填', '第三行', '第十一行', '太大', '不在此表']);
  });

  test('are taken from a refusal only where it names fields', () => {
    expect(errorsOf({ facts: { errors: { name: ['必填'] } } })).toEqual({ name: ['必填'] });
    for (const problem of [{}, { facts: null }, { facts: { errors: ['必填'] } }, { facts: { errors: '必填' } }]) {
      expect(errorsOf(problem)).toEqual({});
    }
  });
});

describe('errors that the page finds', () => {
  test('name the field, each sentence once', () => {
    expect(linesByLabel(form, { f_name: ['必填。', '必填。'], f_amount: ['太大。'] })).toEqual(['名称：必填。', '金额：太大。']);
  });

  test('name the rows of a list', () => {
    expect(linesByLabel(form, { f_person: [undefined, ['必填。'], [], ['必填。']] })).toEqual(['姓名（第 2、4 行）：必填。']);
  });

  test('name ten rows of many', () => {
    const [line] = linesByLabel(form, { f_person: Array.from({ length: 12 }, () => ['必填。']) });
    expect(line).toBe('姓名（第 1、2、3、4、5、6、7、8、9、10 等 12 行）：必填。');
  });
});
