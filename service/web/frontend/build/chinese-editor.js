// The form editor speaks English only and has no translation, nor have some tooltips of the properties panel. Their texts are replaced while bundling, only where they
// stand for people: after `label:`, `title:` and the like, or as a returned message. Bare words are never replaced, since
// "Text" and "Input" are identifiers too. What is not listed here stays English (see service/web/frontend/README.md).
import { EDITOR_TEXTS as TEXTS } from './editor-texts.js';

const FILES = /@bpmn-io\/(form-js-editor\/(dist|node_modules\/@bpmn-io\/form-js-viewer\/dist)\/index\.es|properties-panel\/dist\/index\.esm)\.js$/;
const KEYS = "label|title|placeholder|description|children|name|tooltip|text|emptyPlaceholder|ariaLabel|'aria-label'|\"aria-label\"";
const PLACES = new RegExp(`((?<![\\w.$])(?:${KEYS})\\s*:\\s*|\\bchildren:\\s*\\[|\\]: |\\breturn |\\blabel = |\\bdescription = |\\btranslate\\(|msg = isRepeating \\? | : )(['"\`])((?:\\\\.|(?!\\2).)*?)\\2`, 'g');
const MUST_BE_THERE = ['Drag and drop components here to start designing.', 'Search components', 'Field description', 'Validation'];

export function chineseEditor() {
  const seen = new Set();
  let found = false;
  return {
    name: 'chinese-editor',
    transform(code, id) {
      if (!FILES.test(id.split('?')[0].replace(/\\/g, '/'))) return null;
      found = true;
      const said = code.replace(PLACES, (whole, before, quote, text) => {
        if (!(text in TEXTS)) return whole;
        seen.add(text);
        return `${before}${quote}${TEXTS[text]}${quote}`;
      });
      return { code: said, map: null };
    },
    buildEnd(error) {
      const lost = MUST_BE_THERE.filter((text) => !seen.has(text));
      if (!error && found && lost.length) this.error(`The form editor has changed, review its translation: ${lost.join(' | ')}`);
    },
  };
}
