// The palette and the menus offer what the engine runs; a diagram from elsewhere may hold more, and the gate says so.
const NOT_RUN = /complex|ad-?hoc|transaction|event-subprocess|event-sub-process|compensat|escalat|link-|conditional|cancel|data-|multiple|toggle-loop|call-activity|signal|send-task|manual-task/;
const NOT_DRAWN = ['create.data-object', 'create.data-store'];

class Restriction {
  static $inject = ['palette', 'popupMenu'];

  constructor(palette, popupMenu) {
    palette.registerProvider(500, this);
    for (const menu of ['bpmn-replace', 'bpmn-append', 'bpmn-create']) popupMenu.registerProvider(menu, 500, menuFilter);
  }

  getPaletteEntries() {
    return (entries) => without(entries, (id) => NOT_DRAWN.includes(id));
  }
}

const menuFilter = {
  getPopupMenuEntries: () => (entries) => without(entries, (id) => NOT_RUN.test(id)),
  getPopupMenuHeaderEntries: () => (entries) => without(entries, (id) => NOT_RUN.test(id)),
};

function without(entries, refused) {
  return Object.fromEntries(Object.entries(entries).filter(([id]) => !refused(id)));
}

export const restriction = { __init__: ['restriction'], restriction: ['type', Restriction] };
