import { expect } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawn } from '@heddle/core/testing';
import { root } from '../e2e/built-program.js';

type Kind = 'node' | 'store' | 'source' | 'page' | 'channel';

/** Compiling reads a whole package for each kind, so `npm test` compiles only one of them, drawn at random. */
const compiled: readonly Kind[] = drawn<Kind>(['node', 'store', 'source', 'page', 'channel'], 1);

/** Makes the copy inherit the compiler options of the repository; their paths still lead to the packages of the repository. */
export function inheritOptions(copy: string): void {
  writeFileSync(join(copy, 'tsconfig.base.json'), JSON.stringify({ extends: join(root, 'tsconfig.base.json') }));
}

/** Compiles the files that a generator created in a copy, with these arguments for `tsc`; fails if they do not compile. */
export function compileNew(kind: Kind, copy: string, paths: readonly string[], ...args: readonly string[]): void {
  expect(missingImports(copy, paths)).toEqual([]);
  if (compiled.includes(kind)) execFileSync(join(root, 'node_modules/.bin/tsc'), args, { stdio: 'inherit' });
}

/** Lists the relative imports that lead to no file. This takes only milliseconds, so it is checked for every kind. */
function missingImports(copy: string, paths: readonly string[]): string[] {
  return paths
    .filter((path) => /\.tsx?$/.test(path))
    .flatMap((path) =>
      [...readFileSync(join(copy, path), 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)\.js'/g)]
        .map(([, name = '']) => join(dirname(path), name))
        .filter((target) => !['.ts', '.tsx'].some((end) => existsSync(join(copy, `${target}${end}`))))
        .map((target) => `${path} imports ${target}`),
    );
}
