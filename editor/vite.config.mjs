import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './vite.compress.mjs';
import { kitFirst, styles } from './vite.styles.mjs';

const server = `http://127.0.0.1:${process.env.PORT ?? '3000'}`;

/** The CSS modules of the workflow page and its panels. */
const workflowSheets =
  /\/features\/(?:canvas|data-map|executions|human-input|inspector|nested-runs|palette|publishing|run|run-drawer|run-panel|workflow)\/.*\.module\.css$/;

/** The functions that make schemas. `z.config` is not pure and is not in the list. */
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
    // The setting that keeps zod from generating code is in the same chunk as zod, so that no schema is made before it applies.
    rolldownOptions: {
      // Schemas that no page uses are left out, because making one has no side effect.
      treeshake: { manualPureFunctions: pureFunctions },
      // The editor, and the template for the API pages of published workflows, which the server renders.
      input: ['index.html', 'api-docs.html'],
      output: {
        codeSplitting: {
          groups: [
            // Two style sheets for features instead of forty small ones: one for the workflow page, one for the other pages. The start page
            // has its own.
            { name: 'workflow-styles', test: workflowSheets },
            { name: 'page-styles', test: /\/features\/(?!shell|home)[^?]*\.module\.css$/ },
            { name: 'schemas', test: /[\\/]node_modules[\\/]zod[\\/]|no-generated-code/ },
            // Many small chunks compress badly, so modules that 20 or more pages share go into one chunk. Their dependencies are shared by
            // as many. Style sheets stay with their components, so that those of the kit come first. The state of forms is in no first page.
            {
              name: 'shared',
              test: /(?<!\/use-form)\.(?!css)\w+$/,
              minShareCount: 20,
              includeDependenciesRecursively: false,
            },
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
