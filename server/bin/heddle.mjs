#!/usr/bin/env -S node --max-semi-space-size=8
// The flag bounds the memory that V8 uses for new objects: docs/decisions/0014-a-small-young-generation.md.
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// An older Node would fail without a clear message, at the first flag or import.
const needed = 24;
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(
    `Heddle needs Node ${needed}; this is Node ${process.versions.node}. Heddle brings its own: run \`npm start\`, or \`npx heddle …\`, in its folder.\n`,
  );
  process.exit(1);
}

// V8 caches compiled code for the next start, if this folder is writable.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/heddle/', import.meta.url)));

const program = new URL('../dist/bundle/cli-main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('Heddle is not built yet. Run `npm start` (or `npm run build`) in its folder first.\n');
  process.exitCode = 1;
}
