import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../e2e/built-program.js';
import { compileNew, inheritOptions } from './compile-new.js';
import { newPage } from './new-page.mjs';

// Inside the repository, so that the copy finds the packages.
const copies = join(root, '.nx');
let copy: string;

// The compiler runs in a process.
jest.setTimeout(120_000);

beforeAll(() => {
  mkdirSync(copies, { recursive: true });
  copy = mkdtempSync(join(copies, 'new-'));
  const all = ['editor/src', 'editor/package.json', 'editor/tsconfig.json', 'editor/features.json'];
  for (const path of all.filter((each) => existsSync(join(root, each))))
    cpSync(join(root, path), join(copy, path), { recursive: true });
  inheritOptions(copy);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('npm run new -- page', () => {
  const textOf = (paths: readonly string[], file: string) => {
    const path = paths.find((each) => each.endsWith(file)) ?? '';
    return readFileSync(join(copy, path), 'utf8');
  };

  it('makes a page with a route and a title, a spec and a README, which compile', () => {
    const paths = newPage(copy, 'reading-list');
    expect(paths.every((path) => existsSync(join(copy, path)))).toBe(true);
    compileNew('page', copy, paths, '-p', join(copy, 'editor'));
    expect(textOf(paths, 'App.tsx')).toContain("case 'reading-list':\n      return <ReadingListPage />;");
    expect(textOf(paths, 'page-title.ts')).toContain("  'reading-list': 'Reading list',\n  missing: ");
    expect(textOf(paths, 'README.md')).toContain('# reading-list\n');
  });

  it('changes nothing if the page exists already', () => {
    const before = textOf(['editor/src/App.tsx'], 'App.tsx');
    expect(() => newPage(copy, 'reading-list')).toThrow(/EEXIST/);
    expect(textOf(['editor/src/App.tsx'], 'App.tsx')).toBe(before);
  });
});
