import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawn } from '@heddle/core/testing';
import { root } from '../e2e/built-program.js';

type Kind = 'node' | 'store' | 'source' | 'page' | 'channel';

/** A compiler reads a whole package for each kind: `npm test` draws one. */
const compiled: readonly Kind[] = drawn<Kind>(['node', 'store', 'source', 'page', 'channel'], 1);

/** Makes the copy inherit the compiler options of the repository: paths in them stay those of the repository's packages. */
export function inheritOptions(copy: string): void {
  writeFileSync(join(copy, 'tsconfig.base.json'), JSON.stringify({ extends: join(root, 'tsconfig.base.json') }));
}

/** Compiles what a generator made, with arguments of `tsc`, and fails where it does not compile. */
export function compileNew(kind: Kind, ...args: readonly string[]): void {
  if (compiled.includes(kind)) execFileSync(join(root, 'node_modules/.bin/tsc'), args, { stdio: 'inherit' });
}
