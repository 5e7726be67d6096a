import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { classNames } from '../class-names.mjs';

const globals = new URL('./globals.mjs', import.meta.url).href;
const root = new URL('../../../', import.meta.url).href;
const isOurs = (url) => url?.startsWith(root) === true && !url.includes('/node_modules/');

/**
 * Teaches Node's loader what Jest's loader would do: sources are loaded instead of built files, `./x.js` means the file `x.ts`, and
 * `transform(path)` compiles it to JavaScript.
 */
export function installModuleHooks(transform) {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === '@jest/globals') return { url: globals, format: 'module', shortCircuit: true };
      if (specifier.startsWith('@heddle/'))
        return nextResolve(specifier, { ...context, conditions: ['source', ...context.conditions] });
      const source = sourceOf(specifier, context.parentURL);
      return source === undefined
        ? nextResolve(specifier, context)
        : { url: source, format: 'module', shortCircuit: true };
    },
    load(url, context, nextLoad) {
      if (isOurs(url) && /\.module\.css$/.test(url))
        return { format: 'module', source: classNames, shortCircuit: true };
      if (!isOurs(url) || !/\.tsx?(?:\?|$)/.test(url)) return nextLoad(url, context);
      return { format: 'module', source: transform(fileURLToPath(url)), shortCircuit: true };
    },
  });
}

/** Finds the TypeScript file for a relative import, if it exists. */
function sourceOf(specifier, parent) {
  if (!/^\.{1,2}\/.*\.js$/.test(specifier) || !isOurs(parent)) return undefined;
  const stem = new URL(specifier, parent).href.slice(0, -'.js'.length);
  return ['.ts', '.tsx'].map((extension) => stem + extension).find((url) => existsSync(fileURLToPath(url)));
}
