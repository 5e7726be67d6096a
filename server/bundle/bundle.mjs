// Joins the compiled program into a few files, which start faster than two thousand. See docs/decisions/0016-a-bundled-server.md.
import { rolldown } from 'rolldown';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashSources, readStamp, stampFile } from '../bin/program.mjs';
import { checkOutput } from './check-output.mjs';
import { neededBy } from './needed-by.mjs';
import { originalPlaces } from './original-places.mjs';
import { isHttp, plainHttp } from './plain-http.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = join(root, 'server', 'dist', 'bundle');

/** Packages whose code is joined, with all that they need; the others are heavy, native or rarely used and stay where they are. */
const joined =
  /^(?:@heddle|@nestjs|@fastify)\/|^(?:fastify|rxjs|socket\.io|commander|reflect-metadata|zod|pino|iconv-lite)(?:\/|$)/;
/** What joined packages name without needing it, as schema compilers that no route has, and what cannot be joined. */
const keptOutside =
  /^(?:@nestjs\/(?:microservices|platform-express|graphql|mongoose)|class-(?:validator|transformer)|@fastify\/(?:view|ajv-compiler|fast-json-stringify-compiler)|@as-integrations|bufferutil|utf-8-validate|better-sqlite3)(?:\/|$)/;
/** Packages that custom nodes get from the program (adapters/src/custom-nodes), and the entries that hold them. */
const lent = { '@heddle/core': 'lent-core', '@heddle/core/testing': 'lent-core-testing', zod: 'lent-zod' };

const entries = {
  'cli-main': 'server/dist/cli/main.js',
  index: 'server/dist/index.js',
  'lent-core': 'core/dist/index.js',
  'lent-core-testing': 'core/dist/testing/index.js',
  'lent-zod': 'node_modules/zod/index.js',
};

/** What each command loads, and what `heddle serve` imports only while it starts. Not main itself: it waits for what imports these. */
const command = neededBy(root, ['server/dist/cli/run-command-line.js']);
const start = neededBy(root, [
  'server/dist/index.js',
  'server/dist/cli/commands/serve.js',
  'node_modules/@nestjs/websockets/socket-module.js',
  'node_modules/@nestjs/platform-socket.io/index.js',
]);

// Before: what is compiled meanwhile makes the bundle stale.
const sources = hashSources();
const outside = new Map();
const isPackage = (id) => /[\\/]node_modules[\\/]/.test(id);

const program = await rolldown({
  cwd: root,
  platform: 'node',
  // Nest finds by name and decorator what nothing seems to use.
  treeshake: false,
  onLog(level, log, say) {
    // The library's entry imports at once what commands import late: they are entries of their own.
    if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT' && level !== 'debug') say(level, log);
  },
  input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
  external(name, importer, isResolved) {
    if (isResolved || /^[./]/.test(name) || importer === undefined || isHttp(name)) return false;
    if (name.startsWith('node:')) return true;
    if (isPackage(importer)) return keptOutside.test(name);
    if (joined.test(name)) return false;
    outside.set(name, importer);
    return true;
  },
  plugins: [
    originalPlaces(root, folder, lent),
    plainHttp(),
    {
      name: 'needed',
      renderStart() {
        for (const each of [command, start]) each.fill((id) => this.getModuleInfo(id));
      },
    },
  ],
});

const before = readStamp();
rmSync(stampFile, { force: true });
const { output } = await program.write({
  dir: folder,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  // Nothing is taken out: what is called only to see whether it throws, such as decodeURIComponent in a try, would be taken for useless.
  minify: false,
  // Nest and our own errors tell by names.
  keepNames: true,
  comments: false,
  sourcemap: true,
  sourcemapExcludeSources: true,
  codeSplitting: {
    groups: [
      { name: 'zod', test: /node_modules[\\/]zod[\\/]/, priority: 5 },
      { name: 'core', test: /core[\\/]dist[\\/](?!testing)/, priority: 4 },
      { name: 'command', test: (id) => command.has(id), priority: 3 },
      { name: 'packages', test: (id) => start.has(id) && isPackage(id), priority: 2 },
      { name: 'server', test: (id) => start.has(id), priority: 1 },
    ],
  },
});
await program.close();

checkOutput(
  output.filter(({ type }) => type === 'chunk'),
  outside,
  folder,
);

// A server that runs meanwhile may still ask for files of its own start: those of the bundle before stay.
const files = output.map(({ fileName }) => fileName);
const kept = new Set([...files, ...(before?.files ?? [])]);
for (const name of readdirSync(folder)) if (!kept.has(name)) rmSync(join(folder, name));
// V8's work on files of other names would lie there for good.
rmSync(join(root, 'node_modules', '.cache', 'heddle'), { recursive: true, force: true });
writeFileSync(stampFile, JSON.stringify({ sources, files }));
