// What the gate found, on the drawing: a note at each element, the whole sentences on demand.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

import { element as make } from '../editing/page.js';

const LAYER = 'finding';

function shapeOf(registry, id) {
  return registry.get(id) ?? registry.find((one) => is(one, 'bpmn:Participant') && getBusinessObject(one).processRef?.id === id)
    ?? registry.find((one) => is(one, 'bpmn:Process') && one.id === id);
}

/** What a click on a finding does: show its element in the middle of the drawing and its settings beside it. */
export function jumpTo(modeler, id) {
  const shape = id && shapeOf(modeler.get('elementRegistry'), id);
  if (!shape) return null;
  return () => {
    const canvas = modeler.get('canvas');
    canvas.setRootElement(canvas.findRoot(shape));
    if (canvas.zoom() < 0.7) canvas.zoom(0.8, { x: 0, y: 0 });
    canvas.scrollToElement(shape, 200);
    modeler.get('selection').select(shape);
    canvas.getContainer().scrollIntoView({ block: 'nearest' });
  };
}

// At the element its own name need not be said again, nor the advice, which stands in the list.
function brief(sentence) {
  return sentence.replace(/^[^“”]{0,8}“[^”]*”的?/, '').split(/[；：]/)[0] || sentence;
}

function note(found) {
  const worst = found.some((one) => one.severity === 'error') ? 'error' : 'warning';
  const made = make('div', '', `finding-note finding-note-${worst}`);
  made.append(...found.map((one) => make('p', brief(one.message))));
  made.title = found.map((one) => one.message).join('\n');
  return made;
}

export function draw(modeler, findings) {
  const [overlays, registry, canvas] = ['overlays', 'elementRegistry', 'canvas'].map((name) => modeler.get(name));
  clear(modeler);
  const places = new Map();
  for (const one of findings) {
    const shape = shapeOf(registry, one.element);
    if (!shape || !shape.parent) continue;
    places.set(shape, [...(places.get(shape) ?? []), one]);
  }
  for (const [shape, found] of places) {
    canvas.addMarker(shape, 'has-finding');
    const position = shape.waypoints ? { top: 0, left: 0 } : { top: is(shape, 'bpmn:Participant') ? 2 : (shape.height ?? 0) + 3, left: is(shape, 'bpmn:Participant') ? 34 : 0 };
    overlays.add(shape, LAYER, { position, html: note(found), scale: { min: 0.8, max: 1.1 }, show: { minZoom: 0.3 } });
  }
}

export function clear(modeler) {
  modeler.get('overlays').remove({ type: LAYER });
  const canvas = modeler.get('canvas');
  for (const one of modeler.get('elementRegistry').getAll()) canvas.removeMarker(one, 'has-finding');
}
