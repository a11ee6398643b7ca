// Who leads a step is the name of its lane. The modeler's library keeps the lanes of steps up to date except inside
// subprocesses, where a moved or new step would silently fall to the lane of the subprocess: there the drawing decides.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { collectLanes } from 'bpmn-js/lib/features/modeling/util/LaneUtil';

function ancestor(shape, types) {
  let found = shape.parent;
  while (found && !types.some((type) => is(found, type))) found = found.parent;
  return found;
}

function lanesAround(shape) {
  const pool = ancestor(shape, ['bpmn:Participant']);
  return pool ? collectLanes(pool).filter((lane) => !collectLanes(lane).length) : [];
}

function within(shape, lane) {
  const [x, y] = [shape.x + shape.width / 2, shape.y + shape.height / 2];
  return x > lane.x && x < lane.x + lane.width && y > lane.y && y < lane.y + lane.height;
}

function nested(shape) {
  return is(shape, 'bpmn:FlowNode') && !shape.labelTarget && is(ancestor(shape, ['bpmn:SubProcess', 'bpmn:Participant', 'bpmn:Process']) ?? shape, 'bpmn:SubProcess');
}

/** The lane's shape in which a step is drawn, if any. */
export function laneOf(shape) {
  return lanesAround(shape).find((lane) => within(shape, lane)) ?? null;
}

/** The name of the lane a step belongs to. */
export function laneName(shape) {
  const drawn = laneOf(shape);
  return drawn ? getBusinessObject(drawn).name ?? '' : '';
}

/** Writes the drawn lanes of steps inside subprocesses into the lanes' lists. */
export function keepNestedLanes(registry) {
  for (const shape of registry.filter(nested)) {
    const drawn = laneOf(shape);
    if (!drawn) continue;
    const [step, lane] = [getBusinessObject(shape), getBusinessObject(drawn)];
    const lanes = step.get('lanes');
    if (lanes.length === 1 && lanes[0] === lane) continue;
    for (const old of lanes.slice()) remove(old.get('flowNodeRef'), step);
    lanes.splice(0, lanes.length, lane);
    if (!lane.get('flowNodeRef').includes(step)) lane.get('flowNodeRef').push(step);
  }
}

function remove(all, one) {
  const at = all.indexOf(one);
  if (at >= 0) all.splice(at, 1);
}
