import { describe, expect, it } from '@jest/globals';
import { readChosen, readDropped } from './read-dropped.js';

const file = (name: string, webkitRelativePath = ''): File =>
  Object.assign(new File([name], name), { webkitRelativePath });
const fileEntry = (name: string) => ({
  name,
  isFile: true,
  isDirectory: false,
  file: (resolve: (file: File) => void) => resolve(file(name)),
});
function folderEntry(name: string, children: readonly object[]): object {
  const createReader = () => {
    const left = [children, []];
    return { readEntries: (resolve: (entries: readonly object[]) => void) => resolve(left.shift() ?? []) };
  };
  return { name, isFile: false, isDirectory: true, createReader };
}
const idsOf = async (...entries: readonly object[]): Promise<readonly string[]> => {
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
  // The parts of a browser's drop that are read.
  const transfer = { items, files: [] } as unknown as DataTransfer;
  return (await readDropped(transfer)).map(({ id }) => id);
};

describe('files that are dropped or chosen', () => {
  it('have paths below the dropped folder, and hidden ones are left out', async () => {
    const folder = folderEntry('handbook', [
      fileEntry('a.md'),
      fileEntry('.hidden'),
      folderEntry('deep', [fileEntry('b.md')]),
    ]);
    expect(await idsOf(folder, fileEntry('c.md'))).toEqual(['a.md', 'deep/b.md', 'c.md']);
    expect(readChosen([file('a.md', 'handbook/deep/a.md'), file('b.md')]).map(({ id }) => id)).toEqual([
      'deep/a.md',
      'b.md',
    ]);
  });

  it('are distinguished by their folder, otherwise by a number, when they have the same name', async () => {
    const first = folderEntry('en', [fileEntry('guide.md')]);
    const second = folderEntry('de', [fileEntry('guide.md')]);
    expect(await idsOf(first, second)).toEqual(['en/guide.md', 'de/guide.md']);
    expect(await idsOf(fileEntry('guide.md'), first)).toEqual(['guide.md', 'en/guide.md']);
    expect(await idsOf(first, first, fileEntry('a.md'))).toEqual(['en/guide.md', 'en/guide~2.md', 'a.md']);
    const around = folderEntry('all', [folderEntry('en', [fileEntry('guide.md')])]);
    expect(await idsOf(first, second, around)).toEqual(['en/guide~2.md', 'de/guide.md', 'en/guide.md']);
    expect(readChosen([file('a.md'), file('a.md'), file('b.md')]).map(({ id }) => id)).toEqual([
      'a.md',
      'a~2.md',
      'b.md',
    ]);
  });
});
