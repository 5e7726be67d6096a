#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { findProgram } from './program.mjs';

// An older Node would end without a word in the middle of the first flag or import.
const needed = 24;
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(
    `Heddle needs Node ${needed}; this is Node ${process.versions.node}. Heddle brings its own: run \`npm start\`, or \`npx heddle …\`, in its folder.\n`,
  );
  process.exit(1);
}

const words = process.argv.slice(2);
const command = words[0] === '--data' ? words[2] : words.find((word) => !word.startsWith('-'));

// V8 keeps what it compiled for the next start, where this folder can be written to. It takes back only what was compiled under the same flags.
const kept = new URL(`../../node_modules/.cache/heddle/${command === 'serve' ? 'serve' : 'command'}/`, import.meta.url);
module.enableCompileCache(fileURLToPath(kept));

// Loading the modules would widen V8's young generation to 64 MB that an idle server never gives back; it may grow once the server listens.
if (command === 'serve') setFlagsFromString('--semi-space-growth-factor=1');

const program = findProgram('cli/main');
if (program !== undefined) {
  await import(program.href);
} else {
  process.stderr.write('Heddle is not built yet. Run `npm start` (or `npm run build`) in its folder first.\n');
  process.exitCode = 1;
}
