import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../e2e/built-program.js';
import { compileNew, inheritOptions } from './compile-new.js';
import { newSource } from './new-source.mjs';

// Inside the repository, so that the copy finds the packages.
const copies = join(root, '.nx');
let copy: string;

// The compiler runs in a process.
jest.setTimeout(120_000);

beforeAll(() => {
  mkdirSync(copies, { recursive: true });
  copy = mkdtempSync(join(copies, 'new-'));
  for (const path of ['adapters/src', 'docs/sources.md'])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  inheritOptions(copy);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('npm run new -- source', () => {
  const read = (path: string) => readFileSync(join(copy, path), 'utf8');

  it('makes a connector and its spec, which compile, adds a row to the guide, and registers the connector', () => {
    const paths = newSource(copy, 'help-desk');
    expect(paths).toEqual([
      'adapters/src/sources/help-desk/help-desk-source.ts',
      'adapters/src/sources/help-desk/help-desk-source.spec.ts',
      'adapters/src/sources/kinds.ts',
      'docs/sources.md',
    ]);
    const files = paths.filter((path) => path.endsWith('.ts'));
    writeFileSync(
      join(copy, 'tsconfig.json'),
      JSON.stringify({ extends: './tsconfig.base.json', compilerOptions: { noEmit: true, types: ['node'] }, files }),
    );
    compileNew('source', copy, paths, '-p', copy);
    expect(read('adapters/src/sources/kinds.ts').match(/helpDeskSource/g)).toHaveLength(2);
    expect(read('docs/sources.md')).toMatch(/^\| `help-desk` \|/m);
  });

  it('changes nothing if the kind exists already', () => {
    const before = read('adapters/src/sources/kinds.ts');
    expect(() => newSource(copy, 'folder')).toThrow(/EEXIST/);
    expect(read('adapters/src/sources/kinds.ts')).toBe(before);
  });
});
