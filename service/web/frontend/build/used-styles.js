import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Of Bootstrap's style sheet only what some page can use: a rule goes when it asks for a class that is no word of any
// template, view or script. Every page loads the sheet, and four fifths of it are for things we do not have.
const SHEET = /[\\/]bootstrap[\\/]dist[\\/]css[\\/]/;
const PLACES = ['../../', '../../../http/', '../../../api/', '../src/'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
const READ = /\.(html|py|js)$/;
const OURS_ONLY = /^(node_modules|frontend|static|__pycache__)$/;

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !OURS_ONLY.test(entry.name)) yield* files(join(folder, entry.name));
    else if (READ.test(entry.name)) yield join(folder, entry.name);
  }
}

function wordsOf(places) {
  const found = new Set();
  for (const place of places) {
    for (const file of files(place)) for (const word of readFileSync(file, 'utf8').match(/[\w-]+/g) ?? []) found.add(word);
  }
  return found;
}

/** The classes a selector asks for; one inside `:not()` is none. */
function classesOf(selector) {
  return [...selector.replace(/:not\([^)]*\)/g, '').matchAll(/\.([A-Za-z_][\w-]*)/g)].map(([, name]) => name);
}

export function usedStyles() {
  const words = wordsOf(PLACES);
  return {
    postcssPlugin: 'used-styles',
    Once(root) {
      if (!SHEET.test(root.source?.input.file ?? '')) return;
      root.walkRules((rule) => {
        const used = rule.selectors.filter((selector) => classesOf(selector).every((name) => words.has(name)));
        if (!used.length) rule.remove();
        else if (used.length < rule.selectors.length) rule.selectors = used;
      });
      root.walkAtRules((one) => {
        if (one.nodes?.length === 0) one.remove();
      });
    },
  };
}
