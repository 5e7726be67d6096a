// Loaded into a Heddle process (`node --import`). The process announces the version in HEDDLE_CHAOS_VERSION, like a program of another
// release.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const version = process.env.HEDDLE_CHAOS_VERSION ?? '';
const file = /\/server\/dist\/bundle\/version\.js$/;
const own = /version\s*=\s*(["'`])[^"'`]+\1/;

registerHooks({
  load(url, context, nextLoad) {
    if (!file.test(url)) return nextLoad(url, context);
    const source = readFileSync(fileURLToPath(url), 'utf8');
    if (!own.test(source)) throw new Error(`${url} says no version in the form that this file knows.`);
    return {
      format: 'module',
      shortCircuit: true,
      source: source.replace(own, `version = ${JSON.stringify(version)}`),
    };
  },
});
