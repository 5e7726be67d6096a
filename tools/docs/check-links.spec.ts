import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkProblems, pagesOf } from './check-links.mjs';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'heddle-links-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The link problems of a README and pages beside it. */
function problemsOf(readme: string, pages: Readonly<Record<string, string>> = {}): string[] {
  const files = { 'README.md': readme, ...pages };
  mkdirSync(join(folder, 'docs', 'more'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return linkProblems(folder, Object.keys(files));
}

describe('the check of links between pages', () => {
  it('reports no problem in the pages of this repository', () => {
    const pages = pagesOf(root);
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/nodes.md', 'workflows/extract/README.md']));
    expect(linkProblems(root, pages)).toEqual([]);
  });

  it('reports a missing file, a missing heading, and a page without a link to it', () => {
    const pages = {
      'docs/a.md': '# A & B: the `first`\n[up](../README.md) [itself](#a--b-the-first)\n[deep](more/)',
      'docs/more/b.md': '# B\n',
      'docs/lost.md': '# Lost\n[A](a.md)',
    };
    const good =
      '[A](docs/a.md#a--b-the-first) `[code](docs/none.md)` [far](https://example.org/none.md)\n```\n[x](none)\n```\n';
    expect(problemsOf(`${good}[L](docs/lost.md)`, pages)).toEqual([]);
    expect(problemsOf(`${good}![P](docs/none.png) [H](docs/more/b.md#c)`, pages)).toEqual([
      "README.md: 'docs/none.png' is not there.",
      "README.md: 'docs/more/b.md#c' names a heading that docs/more/b.md does not have.",
      'docs/lost.md: nothing leads here from README.md; link it.',
    ]);
  });

  it('reports a source file that moved, but not in a decision record or for a name that is not a path', () => {
    const pages = { 'docs/decisions/1.md': '# Past\n`core/src/old.ts`' };
    const readme =
      '[P](docs/decisions/1.md) `core/src/gone.spec.ts` `nodes/src/CATEGORY/NAME.node.ts` `core/src` `gone.ts`';
    mkdirSync(join(folder, 'docs', 'decisions'), { recursive: true });
    expect(problemsOf(readme, pages)).toEqual(["README.md: 'core/src/gone.spec.ts' is not there."]);
  });
});
