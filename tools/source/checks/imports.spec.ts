import { describe, expect, it } from '@jest/globals';
import { kindOf } from '../list-files.mjs';
import { parse } from '../read-sources.mjs';
import { forbiddenImports } from './forbidden-imports.mjs';
import { importCycles, runtimeCycles } from './import-cycles.mjs';

const read = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([path, text]) =>
    parse({ path, package: path.split('/', 1)[0] ?? '', kind: kindOf(path) ?? 'source' }, text),
  );
const forbidden = (path: string, name: string) => forbiddenImports(read({ [path]: `export * from '${name}';` })).length;

describe('forbiddenImports', () => {
  it.each([
    ['nodes/src/a.ts', '@heddle/engine'],
    ['nodes/src/a.ts', '@heddle/adapters/models'],
    ['editor/src/a.tsx', '../../server/src/index.js'],
    ['core/src/a.ts', 'node:fs'],
    ['core/src/a.ts', 'lodash'],
    ['core/src/a.spec.ts', 'node:fs'],
    ['engine/src/a.ts', '@heddle/core/testing'],
  ])('%s must not import %s', (path, name) => expect(forbidden(path, name)).toBeGreaterThan(0));

  it.each([
    ['nodes/src/a.ts', '@heddle/core'],
    ['nodes/src/a.ts', './engine/b.js'],
    ['server/src/a.ts', '@heddle/adapters/models'],
    ['server/src/a.ts', 'node:fs'],
    ['core/src/a.ts', 'zod'],
    ['core/src/a.ts', 'openapi-fetch'],
    ['core/src/a.spec.ts', 'fast-check'],
    ['engine/src/a.spec.ts', '@heddle/core/testing'],
    ['tools/bench/a.ts', '@heddle/server'],
  ])('%s may import %s', (path, name) => expect(forbidden(path, name)).toBe(0));

  it('allows a type of core from anywhere', () =>
    expect(forbiddenImports(read({ 'core/src/a.ts': "import type { A } from 'json-schema';" }))).toEqual([]));
});

describe('import cycles', () => {
  const paths = (found: readonly { path: string }[]) => found.map(({ path }) => path);

  it('are found through type imports, import types and dynamic imports', () => {
    const files = read({
      'core/src/a.ts': "import type { B } from './b.js';",
      'core/src/b.ts': "export type B = import('./c.js').C;",
      'core/src/c.tsx': "export const c = () => import('./a.js');",
      'core/src/d.ts': "import './a.js';",
    });
    expect(paths(importCycles(files))).toEqual(['core/src/a.ts', 'core/src/b.ts', 'core/src/c.tsx']);
    expect(runtimeCycles(files)).toEqual([]);
  });

  it('exist at run time if values are imported', () => {
    const files = read({
      'core/src/a.ts': "import { type A, b } from './b.js';",
      'core/src/b.ts': "export * from './a.js';",
      'core/src/c.ts': "import { type D } from './d.js';",
      'core/src/d.ts': "export { type C } from './c.js';",
    });
    expect(paths(runtimeCycles(files))).toEqual(['core/src/a.ts', 'core/src/b.ts']);
  });

  it('are reported separately if they share no file', () => {
    const files = read({
      'core/src/a.ts': "import './b.js';",
      'core/src/b.ts': "import './a.js'; import './c.js';",
      'core/src/c.ts': "import './d.js';",
      'core/src/d.ts': "import './c.js';",
    });
    expect(importCycles(files).map(({ text }) => text)).toEqual(
      Array.from({ length: 4 }, () => 'in a circle of 2 files'),
    );
  });
});
