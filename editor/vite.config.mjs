import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './vite.compress.mjs';
import { kitFirst, styles } from './vite.styles.mjs';

const server = `http://127.0.0.1:${process.env.PORT ?? '3000'}`;

/** The class modules of a workflow's page and its panels. */
const workflowSheets =
  /\/features\/(?:canvas|data-map|executions|human-input|inspector|nested-runs|palette|publishing|run|run-drawer|run-panel|workflow)\/.*\.module\.css$/;

/** What makes schemas. `z.config` is not one of them. */
const pureFunctions = [
  ...['array', 'boolean', 'discriminatedUnion', 'enum', 'int', 'lazy', 'literal', 'number', 'object', 'record'],
  ...['strictObject', 'string', 'tuple', 'union', 'unknown'],
]
  .map((name) => `z.${name}`)
  .concat(['lazyObject', 'lazyStrictObject', 'withReadOnly']);

/** The editor reads core's sources through the `source` condition, so that it needs no build of core. */
export default defineConfig({
  plugins: [react(), kitFirst(), compress()],
  css: styles,
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
    // What keeps zod from making code stands beside zod itself, so that no other chunk makes a schema before it.
    rolldownOptions: {
      // A schema that no page uses is left out: making one has no effect.
      treeshake: { manualPureFunctions: pureFunctions },
      // The editor, and the template of the pages that the server writes about published workflows.
      input: ['index.html', 'api-docs.html'],
      output: {
        codeSplitting: {
          groups: [
            // Two sheets for features, not forty small ones: what a workflow needs, and the other pages. The first page has its own.
            { name: 'workflow-styles', test: workflowSheets },
            { name: 'page-styles', test: /\/features\/(?!shell|home)[^?]*\.module\.css$/ },
            { name: 'schemas', test: /[\\/]node_modules[\\/]zod[\\/]|no-generated-code/ },
            // Many small chunks compress badly: what most pages share is one chunk. Its dependencies are shared by as many. Sheets stay with their
            // components, so that those of the kit come first.
            { name: 'shared', test: /\.(?!css)\w+$/, minShareCount: 20, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: { '/api': { target: server }, '/v1': { target: server }, '/socket.io': { target: server, ws: true } },
  },
});
