import { describe, expect, it } from '@jest/globals';
import { kindOf } from '../list-files.mjs';
import { parse } from '../read-sources.mjs';
import { loneExports } from './lone-exports.mjs';

const lone = (texts: Readonly<Record<string, string>>, scriptNames: readonly string[] = []) =>
  loneExports(
    Object.entries(texts).map(([path, text]) =>
      parse({ path, package: path.split('/', 1)[0] ?? '', kind: kindOf(path) ?? 'source' }, text),
    ),
    new Set(scriptNames),
  ).map(({ path, line }) => `${path}:${line}`);
const module = 'export const one = 1;\nexport interface Two {}';

describe('loneExports', () => {
  it('finds what no other file uses', () =>
    expect(lone({ 'core/src/a.ts': module })).toEqual(['core/src/a.ts:1', 'core/src/a.ts:2']));

  it.each([
    ['an import', "import { one, type Two } from './a.js';"],
    ['an export', "export { one, type Two } from './a.js';"],
    ['a type import', "type Both = [typeof import('./a.js').one, import('./a.js').Two];"],
    ['a name in a text', "const all = await import('./a.js');\nall['one'];\nlet two: all.Two;"],
  ])('lets the other file use them by %s', (_, text) =>
    expect(lone({ 'core/src/a.ts': module, 'core/src/b.ts': text })).toEqual([]),
  );

  it('is not misled by a file with the same name that does not import the module', () =>
    expect(lone({ 'core/src/a.ts': module, 'core/src/b.ts': 'const one = 2;' })).toContain('core/src/a.ts:1'));

  it('lets every file use a module that is passed on', () =>
    expect(
      lone({
        'core/src/a.ts': module,
        'core/src/index.ts': "export * from './a.js';",
        'nodes/src/b.ts': "import { one } from '@heddle/core';",
      }),
    ).toEqual(['core/src/a.ts:2']));

  it('takes the names in scripts as uses, and reads no exports of tests', () => {
    expect(lone({ 'core/src/a.ts': module }, ['Two'])).toEqual(['core/src/a.ts:1']);
    expect(lone({ 'core/src/a.spec.ts': module })).toEqual([]);
  });
});
