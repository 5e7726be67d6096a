import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Originals } from './originals.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-originals-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('one that was never kept is not there', async () => {
  await expect(new Originals(folder).read('faq', 'a')).rejects.toMatchObject({ code: 'document_not_found' });
});

it('one that the disk does not give is not said to be missing', async () => {
  writeFileSync(join(folder, 'faq'), 'a file where a folder should be');
  await expect(new Originals(folder).read('faq', 'a')).rejects.toMatchObject({ code: 'storage_read_only' });
});
