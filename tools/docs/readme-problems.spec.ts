import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readmeProblems, readmesOf, trackedFiles } from './readme-problems.mjs';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'heddle-readmes-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the READMEs of packages and features', () => {
  it('name every folder, and no file that does not exist', () => {
    const paths = trackedFiles(root);
    const readmes = readmesOf(paths);
    expect(readmes).toEqual(expect.arrayContaining(['core/README.md', 'server/src/runs/README.md', 'tools/README.md']));
    expect(readmes.flatMap((readme) => readmeProblems(root, readme, paths))).toEqual([]);
  });

  it('are refused when they name a file that moved, or leave a folder out', () => {
    mkdirSync(join(folder, 'server/src/sales'), { recursive: true });
    const readme = 'server/src/sales/README.md';
    const paths = [readme, ...['sale.service.ts', 'rows/row.ts', 'parts/part.ts', 'testing/fake.ts']].map((path) =>
      path === readme ? path : `server/src/sales/${path}`,
    );
    const problemsOf = (table: string): string[] => {
      writeFileSync(join(folder, readme), table);
      return readmeProblems(folder, readme, paths);
    };
    expect(problemsOf('| `*.service.ts`, `rows/` | sales |\n| `parts/part.ts` | `other.ts` |')).toEqual([]);
    expect(problemsOf('| `sale.store.ts` | sales |\n| `rows/` | rows |')).toEqual([
      "server/src/sales/README.md: 'sale.store.ts' is not there.",
      "server/src/sales/README.md: does not say what the folder 'parts' contains.",
    ]);
  });

  it('of a package name the folders in its src', () => {
    mkdirSync(join(folder, 'core'), { recursive: true });
    writeFileSync(join(folder, 'core/README.md'), '| `src/plan` | the compiler |\n| `src/NAME.ts` | any |');
    const paths = ['core/README.md', 'core/src/plan/plan.ts', 'core/src/types/text.ts', 'core/bin/run.mjs'];
    expect(readmeProblems(folder, 'core/README.md', paths)).toEqual([
      "core/README.md: does not say what the folder 'src/types' contains.",
    ]);
  });
});
