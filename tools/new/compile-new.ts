import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { drawn } from '@heddle/core/testing';
import { root } from '../e2e/built-program.js';

type Kind = 'node' | 'store' | 'source' | 'page' | 'channel';

/** A compiler reads a whole package for each kind: `npm test` draws one. */
const compiled: readonly Kind[] = drawn<Kind>(['node', 'store', 'source', 'page', 'channel'], 1);

/** Compiles what a generator made, with arguments of `tsc`, and fails where it does not compile. */
export function compileNew(kind: Kind, ...args: readonly string[]): void {
  if (compiled.includes(kind)) execFileSync(join(root, 'node_modules/.bin/tsc'), args, { stdio: 'inherit' });
}
