import { defineConfig } from 'vite';

import { chineseEditor } from './build/chinese-editor.js';
import { chineseForms } from './build/chinese-forms.js';
import { compressed } from './build/compressed.js';
import { licences } from './build/licences.js';
import { noInlineStyles } from './build/no-inline-styles.js';
import { usedStyles } from './build/used-styles.js';

// A page loads only what it shows: every page `app`, a case `diagram`, an item `form`, a process owner's pages an editor.
// chrome87: the oldest Chromium that the browsers of government offices are built on.
export default defineConfig({
  base: '/assets/',
  publicDir: false,
  css: { postcss: { plugins: [usedStyles()] } },
  plugins: [chineseForms(), chineseEditor(), noInlineStyles(), licences(), compressed()],
  build: {
    target: 'chrome87',
    outDir: '../static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1700,
    rollupOptions: {
      input: {
        app: 'src/app/main.js',
        diagram: 'src/diagram/main.js',
        form: 'src/form/main.js',
        modeler: 'src/modeler/main.js',
        'form-editor': 'src/form-editor/main.js',
      },
    },
  },
});
