import { TEXTS } from '../src/form/translate.js';

// The form viewer translates its messages but leaves a few words hard-coded. They are replaced while bundling; when a
// new version of the viewer no longer contains one of them the build stops, so that no English word slips in unseen.
const REPLACEMENTS = [
  ["children: \"Browse\"", "children: \"选择文件\""],
  ["children: valueLabel || 'Select'", "children: valueLabel || '请选择'"],
  ["placeholder: 'Search'", "placeholder: '查找'"],
  ["\"aria-label\": `Remove list item ${itemIndex + 1}`", "\"aria-label\": `删除第 ${itemIndex + 1} 行`"],
  ["placeholder: getLocaleReadableDateFormat()", "placeholder: '年/月/日'"],
  ["use24h ? 'hh:mm' : 'hh:mm --'", "'时:分'"],
  ["function getLocaleDateFormat(locale = 'default')", "function getLocaleDateFormat(locale = 'zh-CN')"],
];

// Everything the viewer says through its translation, and not yet said in Chinese.
function untranslated(code) {
  const lines = code.split('\n').filter((line) => !line.trim().startsWith('*'));
  const calls = lines.join('\n').matchAll(/(?<![\w.])translate\((['"])((?:\\.|(?!\1).)*)\1/g);
  return [...new Set([...calls].map((call) => call[2].replace(/\\(.)/g, '$1')))].filter((text) => !(text in TEXTS));
}

export function chineseForms() {
  let seen = false;
  return {
    name: 'chinese-forms',
    transform(code, id) {
      const path = id.split('?')[0].replace(/\\/g, '/');
      if (!/@bpmn-io\/form-js-viewer\/dist\/index\.es\.js$/.test(path) || /form-js-editor\/node_modules/.test(path)) return null;
      seen = true;
      const missing = untranslated(code);
      if (missing.length) this.error(`The form viewer says what is not translated yet: ${missing.join(' | ')}`);
      for (const [english, chinese] of REPLACEMENTS) {
        if (!code.includes(english)) this.error(`The form viewer no longer contains ${english}: review its translation.`);
        code = code.split(english).join(chinese);
      }
      return { code, map: null };
    },
    buildEnd(error) {
      if (!error && !seen) this.error('The form viewer was not bundled, or its file has moved.');
    },
  };
}
