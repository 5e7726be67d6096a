import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

/**
 * Packages that are not bundled and stay in node_modules: native, heavy or rarely used ones, optional ones that other packages name and
 * Heddle does not have, and reflect-metadata, which must run before the first class of Nest.
 */
const outside =
  /^(?:better-sqlite3|reflect-metadata|pg|ioredis|bullmq|rate-limiter-flexible|node-llama-cpp|onnxruntime-node|quickjs-emscripten|mammoth|node-html-markdown|htmlparser2|postal-mime|saxes|yauzl|chardet|csv-parse|file-type|openai|openid-client|protobufjs|croner|cronstrue|otplib|apache-arrow|bufferutil|utf-8-validate|@(?:anthropic-ai|aws-sdk|google|grpc|huggingface|lancedb|qdrant|embedpdf|modelcontextprotocol|as-integrations)\/.*|class-(?:validator|transformer)|@nestjs\/(?:microservices|platform-express|graphql|mongoose)|@fastify\/(?:view|ajv-compiler|fast-json-stringify-compiler))(?:\/|$)/;

const http = fileURLToPath(new URL('./node-http.cjs', import.meta.url));

/**
 * Nest creates the date formats of its own log at load time. Heddle uses another log, and the first format loads the languages of the
 * platform, which costs an idle server 6 MB and 15 ms. So the formats are created at first use.
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

/** Bundles the output of `tsc` with the packages that every start needs: see docs/decisions/0016-a-bundled-server.md. */
export default defineConfig({
  input: {
    'cli-main': 'dist/cli/main.js',
    index: 'dist/index.js',
    // The modules that custom nodes import. adapters/src/custom-nodes/lend-packages.ts finds these three by name.
    'lent-core': '../core/dist/index.js',
    'lent-core-testing': '../core/dist/testing/index.js',
    'lent-zod': '../node_modules/zod/index.js',
  },
  platform: 'node',
  external: outside,
  plugins: [datesWhenUsed],
  resolve: { alias: { 'node:http': http, http } },
  // Nest finds classes by their names and decorators, so nothing may be removed.
  treeshake: false,
  transform: { define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' } },
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: 'dist/bundle',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    keepNames: true,
    // Names stay. `asciiOnly`, because V8 stores a file with a non-ASCII character at two bytes per character.
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: true, asciiOnly: true } },
    comments: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  },
});
