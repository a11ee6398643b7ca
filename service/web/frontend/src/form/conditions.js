import { buildExpressionContext, ConditionChecker, ExpressionLoopPreventer } from '@bpmn-io/form-js-viewer';

const ROUNDS = 20;
const COMPUTED = 200;

/**
 * What expressions of a form see: what the form would send now, with null for what is hidden. The viewer lets the value
 * with which the page was opened show through a hidden field, and looks only once, so that what is hidden behind
 * something hidden still counts. The server looks at values the same way (domain/forms/page.py).
 */
export class SettledConditions extends ConditionChecker {
  applyConditions(data, contextData = {}, options = {}) {
    const form = this._formFieldRegistry.getForm();
    if (!form || options.getFilterPath) return super.applyConditions(data, contextData, options);
    this.form = form;
    let page = contextData;
    let seen = JSON.stringify(page);
    for (let round = 0; round < ROUNDS; round += 1) {
      page = this.lookedAt(form, data, { page, this: page, parent: null, i: [] });
      const now = JSON.stringify(page);
      if (now === seen) break;
      seen = now;
    }
    return page;
  }

  /** The values of a form or row, with null for what is hidden. */
  lookedAt(part, held, spot) {
    const values = { ...held };
    this.look(part, held, spot, values);
    return values;
  }

  look(part, held, spot, values) {
    const context = buildExpressionContext({ data: spot.page, this: spot.this, parent: spot.parent, i: spot.i });
    for (const field of part.components ?? []) {
      const hidden = field.conditional && this._checkHideCondition(field.conditional, context);
      if (hidden) this.empty(field, held, values);
      else if (field.type === 'group') this.look(field, held, spot, values);
      else if (field.type === 'dynamiclist') values[field.path] = this.rows(field, held[field.path], spot);
    }
  }

  rows(field, rows, spot) {
    if (!Array.isArray(rows)) return rows ?? null;
    const before = spot.this?.[field.path];
    const parent = buildExpressionContext({ data: spot.this, this: spot.this, parent: spot.parent, i: spot.i });
    return rows.map((row, index) =>
      this.lookedAt(field, row, { page: spot.page, this: before?.[index] ?? row, parent, i: [...spot.i, index + 1] }),
    );
  }

  empty(field, held, values) {
    const key = field.type === 'dynamiclist' ? field.path : field.key;
    if (key) {
      this._eventBus.fire('conditionChecker.remove', { item: { [key]: held[key] } });
      values[key] = null;
      return;
    }
    for (const inner of field.components ?? []) this.empty(inner, held, values);
  }
}

/** Computed fields may speak of each other: the viewer computes one of them and leaves the others as they are. */
export class BoundedComputing extends ExpressionLoopPreventer {
  registerExpressionExecution(field) {
    this._computedExpressions.push(field);
    return this._computedExpressions.length <= COMPUTED;
  }
}
