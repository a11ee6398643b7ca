import { defineConfig } from 'vite';

import { chineseForms } from './build/chinese-forms.js';
import { compressed } from './build/compressed.js';
import { licences } from './build/licences.js';

// Three entries, because a page loads only what it shows: every page `app`, a case `diagram`, an item `form`.
// chrome87: the oldest Chromium that the browsers of government offices are built on.
export default defineConfig({
  base: '/assets/',
  publicDir: false,
  plugins: [chineseForms(), licences(), compressed()],
  build: {
    target: 'chrome87',
    outDir: '../static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: {
        app: 'src/app/main.js',
        diagram: 'src/diagram/main.js',
        form: 'src/form/main.js',
      },
    },
  },
});
