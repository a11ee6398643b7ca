import { FormContext, LocalExpressionContext, RepeatRenderManager } from '@bpmn-io/form-js-viewer';
import { h } from 'preact';
import { useContext, useMemo, useRef } from 'preact/hooks';

const LOOKS_AROUND = /"=|\{\{|"hide"/; // an expression or a template in a row may speak of what stands outside it

/**
 * The rows of a list, each drawn again only when its own values or errors change. The viewer draws the whole form for
 * every typed character, which among two hundred demands takes longer than the typing.
 */
export class QuietRows extends RepeatRenderManager {
  Repeater(props) {
    return super.Repeater({ ...props, RowsRenderer: Row, Drawn: props.RowsRenderer });
  }
}

function Row({ Drawn, ...props }) {
  const form = useContext(FormContext);
  const local = useContext(LocalExpressionContext);
  const last = useRef({});
  const { field, indexes } = props;
  const settled = useMemo(() => ({ ...local, this: settledRow(local, form, field, indexes) }), [local]);
  if (LOOKS_AROUND.test(JSON.stringify(field.components))) {
    return h(LocalExpressionContext.Provider, { value: settled }, h(Drawn, props));
  }
  const { errors } = form.getService('form')._getState();
  const wrong = Object.values(errors).map((found) => Object.values(indexes).reduce((at, index) => at?.[index], found));
  const seen = JSON.stringify([local.this, wrong, indexes]);
  if (last.current.seen !== seen || last.current.field !== field) {
    const drawn = h(LocalExpressionContext.Provider, { value: local }, h(Drawn, props));
    last.current = { seen, field, drawn: h(FormContext.Provider, { value: form }, drawn) };
  }
  return last.current.drawn; // what is the same as before is left alone
}

/** The row as the page's conditions leave it: `this` is null where something of the row is hidden. */
function settledRow(local, form, field, indexes) {
  const path = form.getService('pathRegistry').getValuePath(field, { indexes });
  const found = [...path, indexes[field.id]].reduce((at, step) => at?.[step], local.data);
  return found ?? local.this;
}
