// A step dropped on a line from left to right finds room: what stands to the right moves away first. One undo takes both back.
import { selfAndAllChildren } from 'diagram-js/lib/util/Elements';
import CommandInterceptor from 'diagram-js/lib/command/CommandInterceptor';

const BETWEEN = 50;
const FIRST = 3000;

class Room extends CommandInterceptor {
  static $inject = ['eventBus', 'bpmnRules', 'canvas', 'spaceTool', 'modeling'];

  constructor(eventBus, rules, canvas, spaceTool, modeling) {
    super(eventBus);
    this.preExecute('shape.create', FIRST, ({ context }) => {
      const { shape, parent: line } = context;
      if (!line?.waypoints || !rules.canInsert(shape, line)) return;
      const { source, target } = line;
      const right = source.x + source.width;
      const gap = target.x - right;
      const missing = shape.width + 2 * BETWEEN - gap;
      const level = Math.abs(source.y + source.height / 2 - target.y - target.height / 2) < 5;
      if (!level || gap < 0 || missing <= 0) return;
      const all = selfAndAllChildren(canvas.getRootElement(), true);
      const start = right + Math.min(10, gap / 2);
      const { movingShapes, resizingShapes } = spaceTool.calculateAdjustments(all, 'x', missing, start);
      modeling.createSpace(movingShapes, resizingShapes, { x: missing, y: 0 }, 'e', start);
      context.position = { ...context.position, x: right + BETWEEN + shape.width / 2, y: source.y + source.height / 2 };
    });
  }
}

export const room = { __init__: ['room'], room: ['type', Room] };
