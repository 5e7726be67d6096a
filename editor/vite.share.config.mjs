import { defineConfig } from 'vite';
import { compress } from './vite.compress.mjs';

/**
 * The share page and the script that embeds it: small files of their own beside the editor's, served by the server itself under /share
 * and as /embed.js. Types of core are all that they take of it.
 */
export default defineConfig({
  base: '/share/',
  publicDir: false,
  plugins: [compress()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: 'dist/share',
    target: 'es2023',
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { page: 'src/features/share/page.ts', embed: 'src/features/share/embed.ts' },
      output: {
        entryFileNames: ({ name }) => (name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
