// What an expression of a form sees, and what a form sends (the server's side: service/domain/forms/page.py).
import { afterEach, describe, expect, test } from 'vitest';

import { viewer } from '../src/form/viewer.js';

const text = (key, hide) => ({ type: 'textfield', id: `field_${key}`, key, label: key, conditional: hide && { hide } });

let form;

async function sent(components, values) {
  form = viewer(document.createElement('div'));
  await form.importSchema({ type: 'default', schemaVersion: 18, id: 'page', components }, values);
  return form._getSubmitData();
}

afterEach(() => form.destroy());

describe('conditions', () => {
  test('a hidden field is not sent, a shown one is', async () => {
    const page = [text('kind'), text('reason', '=kind = "plain"')];
    expect(await sent(page, { kind: 'plain', reason: 'typed before' })).toEqual({ kind: 'plain' });
    expect(await sent(page, { kind: 'other', reason: 'typed before' })).toEqual({ kind: 'other', reason: 'typed before' });
  });

  test('what is hidden counts as empty for what depends on it, also further on and whatever the order', async () => {
    const page = [text('third', '=second = null'), text('second', '=first = null'), text('first', '=kind = "plain"'), text('kind')];
    const values = { kind: 'plain', first: '1', second: '2', third: '3' };
    expect(await sent(page, values)).toEqual({ kind: 'plain' });
    expect(await sent(page, { ...values, kind: 'other' })).toEqual({ ...values, kind: 'other' });
  });

  test('two fields that hide each other come to an end', async () => {
    const page = [text('a', '=b != null'), text('b', '=a != null')];
    await expect(sent(page, { a: '1', b: '2' })).resolves.toBeTypeOf('object');
  });

  test('a day is compared as the text that is sent', async () => {
    const day = { type: 'datetime', id: 'field_day', key: 'day', subtype: 'date', dateLabel: '日期' };
    const page = [day, text('reason', '=day > "2026-06-30"')];
    expect(await sent(page, { day: '2026-06-01', reason: 'early' })).toEqual({ day: '2026-06-01', reason: 'early' });
    expect(await sent(page, { day: '2026-07-01', reason: 'late' })).toEqual({ day: '2026-07-01' });
  });

  test('a row of a list sees its own values, and each row is decided by itself', async () => {
    const list = {
      type: 'dynamiclist', id: 'field_teams', path: 'teams', isRepeating: true, defaultRepetitions: 0,
      components: [text('name'), text('unit', '=this.name = "solo"')],
    };
    const teams = [{ name: 'solo', unit: 'A' }, { name: 'many', unit: 'B' }];
    expect(await sent([list], { teams })).toEqual({ teams: [{ name: 'solo' }, { name: 'many', unit: 'B' }] });
  });

  test('everything inside a hidden group is hidden', async () => {
    const group = { type: 'group', id: 'field_group', label: '', conditional: { hide: '=kind = "plain"' }, components: [text('inner')] };
    const page = [text('kind'), group, text('outer', '=inner = null')];
    expect(await sent(page, { kind: 'plain', inner: '1', outer: '2' })).toEqual({ kind: 'plain' });
  });
});
