import { defineConfig } from 'vite';
import { compress } from './vite.compress.mjs';
import { styles } from './vite.styles.mjs';

/**
 * The share page, which the server sends under /share, and the script that embeds it, sent as /embed.js. The page is built from the
 * editor's components with Preact, which is 50 kB smaller than React, and uses only the types of core.
 */
export default defineConfig({
  base: '/share/',
  publicDir: false,
  plugins: [compress()],
  css: styles,
  resolve: {
    conditions: ['source', 'module', 'browser', 'development|production'],
    alias: {
      'react/jsx-runtime': 'preact/jsx-runtime',
      'react-dom/client': 'preact/compat/client',
      react: 'preact/compat',
    },
  },
  build: {
    outDir: 'dist/share',
    target: 'es2023',
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { page: 'src/features/share/page.tsx', embed: 'src/features/share/embed.ts' },
      output: {
        entryFileNames: ({ name }) => (name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
