// What the modeler says to people, in Chinese: the public dictionaries, then our own words for what they lack or say in
// other words than our pages. Texts without a translation are collected, and a test fails on them.
import community from 'bpmn-js-i18n/translations/zn.js';
import diagram from 'bpmn-js-i18n-zh/lib/bpmn-js/index.js';
import panel from 'bpmn-js-i18n-zh/lib/properties-panel/index.js';

import { OWN } from './own-words.js';

const TEXTS = { ...community, ...diagram, ...panel, ...OWN };
// The panel writes "User Task" where the menus write "User task".
const LOOSE = new Map([community, diagram, panel, OWN].flatMap((texts) => Object.entries(texts)).map(([key, text]) => [key.toLowerCase(), text]));

export const untranslated = new Set();

export function translate(template, replacements = {}) {
  const found = TEXTS[template] ?? LOOSE.get(template.toLowerCase());
  if (found === undefined && /[A-Za-z]{2}/.test(template)) untranslated.add(template);
  const text = found ?? template;
  return text.replace(/{([^}]+)}/g, (_, key) => replacements[key] ?? `{${key}}`);
}
