import { describe, expect, it } from '@jest/globals';
import { judgeMirror } from './judge-mirror.js';

const text = (word: string): string => `# About ${word}\n\nHere stands ${word}, and nowhere else.\n`;

describe('the mirror of a folder', () => {
  it('has no problems if it is exact, and otherwise one for each difference', () => {
    const files = new Map([
      ['a.md', text('one')],
      ['b.md', text('two')],
      ['c.md', text('three')],
    ]);
    expect(judgeMirror(files, new Map([...files].map(([name, content]) => [name, [content]])))).toEqual([]);
    const documents = new Map([
      ['a.md', [text('one'), text('one')]],
      ['b.md', [text('old')]],
      ['d.md', [text('four')]],
    ]);
    expect(judgeMirror(files, documents)).toEqual([
      "'c.md' is missing",
      "'d.md' is no file any more",
      "'a.md' holds one, one and not one",
      "'b.md' holds old and not two",
    ]);
  });
});
