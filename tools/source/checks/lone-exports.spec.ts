import { describe, expect, it } from '@jest/globals';
import { kindOf } from '../list-files.mjs';
import { parse } from '../read-sources.mjs';
import { loneExports, loneReexports } from './lone-exports.mjs';

type Texts = Readonly<Record<string, string>>;
const parseAll = (texts: Texts) =>
  Object.entries(texts).map(([path, text]) =>
    parse({ path, package: path.split('/', 1)[0] ?? '', kind: kindOf(path) ?? 'source' }, text),
  );
const lone = (texts: Texts, scriptNames: readonly string[] = []) =>
  loneExports(parseAll(texts), new Set(scriptNames)).map(({ path, line }) => `${path}:${line}`);
const loneAgain = (texts: Texts, scriptNames: readonly string[] = [], documented: readonly string[] = []) =>
  loneReexports(parseAll(texts), new Set(scriptNames), new Set(documented)).map(({ path, text }) => `${path}: ${text}`);
const module = 'export const one = 1;\nexport interface Two {}';

describe('loneExports', () => {
  it('finds exports that no other file uses', () =>
    expect(lone({ 'core/src/a.ts': module })).toEqual(['core/src/a.ts:1', 'core/src/a.ts:2']));

  it.each([
    ['an import', "import { one, type Two } from './a.js';"],
    ['an export', "export { one, type Two } from './a.js';"],
    ['a type import', "type Both = [typeof import('./a.js').one, import('./a.js').Two];"],
    ['a name in a text', "const all = await import('./a.js');\nall['one'];\nlet two: all.Two;"],
  ])('counts %s in another file as a use', (_, text) =>
    expect(lone({ 'core/src/a.ts': module, 'core/src/b.ts': text })).toEqual([]),
  );

  it('ignores a file that uses the same name but does not import the module', () =>
    expect(lone({ 'core/src/a.ts': module, 'core/src/b.ts': 'const one = 2;' })).toContain('core/src/a.ts:1'));

  it('counts uses in every file for a module that is re-exported', () =>
    expect(
      lone({
        'core/src/a.ts': module,
        'core/src/index.ts': "export * from './a.js';",
        'nodes/src/b.ts': "import { one } from '@heddle/core';",
      }),
    ).toEqual(['core/src/a.ts:2']));

  it('counts names in scripts as uses, and ignores exports of tests', () => {
    expect(lone({ 'core/src/a.ts': module }, ['Two'])).toEqual(['core/src/a.ts:1']);
    expect(lone({ 'core/src/a.spec.ts': module })).toEqual([]);
  });
});

describe('loneReexports', () => {
  const index = "export { one, type Two as Three } from './a.js';";
  const found = (path: string, name: string) => `${path}: no file takes ${name} from here: do not pass it on`;

  it('finds re-exports that no file imports, even if the name is used inside', () =>
    expect(
      loneAgain({
        'adapters/src/stores/a.ts': module,
        'adapters/src/stores/b.ts': "import { one, type Two } from './a.js';",
        'adapters/src/stores/index.ts': index,
        'server/src/c.ts': "import { other } from '@heddle/adapters/stores';",
        'server/src/d.ts': "import { one } from '@heddle/adapters';",
      }),
    ).toEqual([found('adapters/src/stores/index.ts', 'one'), found('adapters/src/stores/index.ts', 'Three')]));

  it.each([
    ['an entry of a package', 'server/src/c.ts', "import { one, type Three } from '@heddle/adapters/stores';"],
    ['a relative path', 'adapters/src/c.ts', "import { one, type Three } from './stores/index.js';"],
    ['a module that passes all on', 'adapters/src/index.ts', "export * from './stores/index.js';"],
  ])('counts an import by %s as a use', (_, path, text) =>
    expect(
      loneAgain({
        'adapters/src/stores/index.ts': index,
        [path]: text,
        'tools/e.ts': "import { one, type Three } from '@heddle/adapters';",
      }),
    ).toEqual([]),
  );

  it('counts the documented names of public entries as uses, and all names of a library', () => {
    const texts = { 'client/src/index.ts': index, 'server/src/index.ts': index, 'engine/src/index.ts': index };
    expect(loneAgain(texts, [], ['one', 'Three'])).toEqual([
      found('engine/src/index.ts', 'one'),
      found('engine/src/index.ts', 'Three'),
    ]);
    expect(loneAgain(texts, ['one', 'Three'])).toEqual([]);
  });
});
