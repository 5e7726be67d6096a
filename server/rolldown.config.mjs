import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

/**
 * Native, heavy or rarely used packages, and optional ones that others name and Heddle does not have: they stay in node_modules, and so
 * does reflect-metadata, which must run before the first class of Nest.
 */
const outside =
  /^(?:better-sqlite3|reflect-metadata|pg|ioredis|bullmq|rate-limiter-flexible|node-llama-cpp|onnxruntime-node|quickjs-emscripten|mammoth|node-html-markdown|htmlparser2|postal-mime|saxes|yauzl|chardet|csv-parse|file-type|openai|openid-client|protobufjs|croner|cronstrue|otplib|apache-arrow|bufferutil|utf-8-validate|@(?:anthropic-ai|aws-sdk|google|grpc|huggingface|lancedb|qdrant|embedpdf|modelcontextprotocol|as-integrations)\/.*|class-(?:validator|transformer)|@nestjs\/(?:microservices|platform-express|graphql|mongoose)|@fastify\/(?:view|ajv-compiler|fast-json-stringify-compiler))(?:\/|$)/;

const http = fileURLToPath(new URL('./node-http.cjs', import.meta.url));

/**
 * Nest makes the date formats of its own log when it is loaded. Heddle has another log, and the first format loads the languages of the
 * platform: 6 MB of an idle server, and 15 ms. So they are made when they are used.
 */
const datesWhenUsed = {
  name: 'dates-when-used',
  transform: {
    filter: { id: /@nestjs\/common\/services\/(?:console-)?logger\.service\.js$/ },
    handler: (code) =>
      code.replace(
        'const dateTimeFormatter = new Intl.DateTimeFormat(',
        'const dateTimeFormatter = ((...format) => ({ format: (date) => new Intl.DateTimeFormat(...format).format(date) }))(',
      ),
  },
};

/** Joins what `tsc` wrote and the packages that every start needs: see docs/decisions/0016-a-bundled-server.md. */
export default defineConfig({
  input: {
    'cli-main': 'dist/cli/main.js',
    index: 'dist/index.js',
    // What custom nodes import: adapters/src/custom-nodes/lend-packages.ts finds these three by name.
    'lent-core': '../core/dist/index.js',
    'lent-core-testing': '../core/dist/testing/index.js',
    'lent-zod': '../node_modules/zod/index.js',
  },
  platform: 'node',
  external: outside,
  plugins: [datesWhenUsed],
  resolve: { alias: { 'node:http': http, http } },
  // Nest finds classes by their names and decorators.
  treeshake: false,
  transform: { define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' } },
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: 'dist/bundle',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    keepNames: true,
    // Names stay. V8 keeps a file that has a character beyond ASCII in two bytes a character.
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: true, asciiOnly: true } },
    comments: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  },
});
