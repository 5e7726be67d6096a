#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(fileURLToPath(entry))) {
  await import(entry.href);
} else {
  process.stderr.write('Heddle is not built yet. Run `npm start` (or `npm run build`) in its folder first.\n');
  process.exitCode = 1;
}
