import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { originalStoreSuite } from '../testing/blobs/original-store-suite.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { FolderOriginals } from './folder-originals.js';

describe('originals in a folder', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());
  const open = (): FolderOriginals => new FolderOriginals(join(temporary.folder, 'originals'));

  for (const promise of originalStoreSuite)
    it(promise.name, () => promise.run({ open: () => Promise.resolve(open()), folder: temporary.folder }));

  it('are not reported as missing when the disk cannot read them', async () => {
    await open().write('faq', { id: 'a', content: 'a' });
    writeFileSync(join(temporary.folder, 'originals', 'other'), 'a file where a folder should be');
    await expect(open().find('other', 'a')).rejects.toMatchObject({ code: 'storage_read_only' });
    await expect(open().write('other', { id: 'a', content: 'a' })).rejects.toMatchObject({ code: 'storage_read_only' });
  });
});
