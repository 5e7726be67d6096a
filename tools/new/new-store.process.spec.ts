import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../e2e/built-program.js';
import { compileNew, inheritOptions } from './compile-new.js';
import { newStore } from './new-store.mjs';

// Inside the repository, so that the copy finds the packages.
const copies = join(root, '.nx');
let copy: string;

// The compiler runs in a process.
jest.setTimeout(120_000);

beforeAll(() => {
  mkdirSync(copies, { recursive: true });
  copy = mkdtempSync(join(copies, 'new-'));
  for (const path of ['core/src', 'adapters/src', 'adapters/README.md'])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  inheritOptions(copy);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('npm run new -- store', () => {
  const read = (path: string) => readFileSync(join(copy, path), 'utf8');

  it('makes a port, a table in both databases, a store with its spec and a row in the README, which compile', () => {
    const paths = newStore(copy, 'reading-list');
    expect(paths.slice(0, 5)).toEqual([
      'core/src/ports/stores/reading-list-store.ts',
      'adapters/src/database/migrations/stores/reading-list-migration.ts',
      'adapters/src/postgres/migrations/stores/reading-list-tables.ts',
      'adapters/src/stores/reading-list-store.ts',
      'adapters/src/stores/reading-list-store.spec.ts',
    ]);
    const compilerOptions = {
      noEmit: true,
      declaration: false,
      declarationMap: false,
      // The copy's own package, which has the port.
      paths: { '@heddle/core': ['./core/src/index.ts'], '@heddle/core/testing': ['./core/src/testing/index.ts'] },
    };
    const files = paths.filter((path) => path.endsWith('.ts'));
    writeFileSync(
      join(copy, 'tsconfig.json'),
      JSON.stringify({ extends: './tsconfig.base.json', compilerOptions, files }),
    );
    compileNew('store', copy, paths, '-p', copy);
    expect(read('adapters/src/database/migrations/migrations.ts')).toMatch(/ {2}readingListMigration,\n\];/);
    expect(read('adapters/src/postgres/migrations.ts')).toMatch(/ {2}readingListTables,\n\];/);
    expect(read('adapters/src/move/moved-tables.ts')).toMatch(/^ {2}'reading_list',$/m);
    expect(read('adapters/README.md')).toContain('\n- `reading-list-store.ts`, table `reading_list`.\n');
  });

  it('changes nothing if the store exists already', () => {
    const before = read('adapters/src/stores/index.ts');
    expect(() => newStore(copy, 'reading-list')).toThrow(/EEXIST/);
    expect(read('adapters/src/stores/index.ts')).toBe(before);
  });
});
