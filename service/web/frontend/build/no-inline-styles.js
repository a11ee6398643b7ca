// Two libraries write style attributes into HTML text, which the pages' content policy blocks. The settings of drawings
// become attributes of their own; the one of the properties panel stands in our style sheet.
const ICONS = /bpmn-js\/lib\/features\/(align|distribute)-elements\/\w+Icons\.js$/;
const PANEL = /bpmn-js-properties-panel\/dist\/index\.esm\.js$/;

function asAttributes(style) {
  return style.split(';').filter(Boolean).map((one) => one.replace(/^\s*([\w-]+)\s*:\s*(.+?)\s*$/, '$1="$2"')).join(' ');
}

export function noInlineStyles() {
  return {
    name: 'no-inline-styles',
    transform(code, id) {
      const path = id.split('?')[0].replace(/\\/g, '/');
      if (ICONS.test(path)) return { code: code.replace(/style="([^"]*)"/g, (_, style) => asAttributes(style)), map: null };
      if (!PANEL.test(path)) return null;
      const attribute = 'domify(\'<div style="height: 100%" ';
      if (!code.includes(attribute)) this.error('The properties panel has changed: look for style attributes.');
      return { code: code.replace(attribute, "domify('<div "), map: null };
    },
  };
}
