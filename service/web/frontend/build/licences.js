import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

// Gathers the licence text of every package that went into the bundle, to travel with it (licenses.txt).
function packageOf(id) {
  const path = id.replace(/^\0/, '').split('?')[0].replace(/\\/g, '/');
  const found = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(path);
  return found ? read(found[1]) : null;
}

function read(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { folder, name, version, license };
}

function textOf({ folder, license }) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name));
  return file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license} (the package carries no text).`;
}

// Copied by their makers into the style sheets of other packages, so that no module leads to them.
const EMBEDDED = ['node_modules/@carbon/grid'];

export function licences() {
  const ids = new Set();
  return {
    name: 'licences',
    moduleParsed({ id }) {
      ids.add(id);
    },
    generateBundle() {
      const found = new Map();
      for (const one of EMBEDDED.map(read)) found.set(`${one.name} ${one.version}`, one);
      for (const id of [...ids, ...this.getModuleIds()]) {
        const one = packageOf(id);
        if (one) found.set(`${one.name} ${one.version}`, one);
      }
      const parts = [...found.keys()].sort().map((key) => `${key}\n${'-'.repeat(key.length)}\n${textOf(found.get(key))}`);
      const head = 'Third-party software in the browser bundle, with its licences.';
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: [head, ...parts].join('\n\n\n') + '\n' });
    },
  };
}
