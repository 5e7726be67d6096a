import { afterAll, expect, it } from '@jest/globals';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp } from '../../e2e/built-program.js';
import { imageDisk } from './image-disk.js';

afterAll(cleanUp);

it('keeps flushed data over a power cut, and loses other data', () => {
  const disk = imageDisk();
  if (disk === undefined) {
    process.stdout.write('skipped: this user may not mount an image\n');
    return;
  }
  try {
    const flushed = join(disk.folder, 'flushed');
    const other = join(disk.folder, 'other');
    const handle = openSync(flushed, 'w');
    writeSync(handle, 'kept');
    fsyncSync(handle);
    closeSync(handle);
    writeFileSync(other, 'lost');
    disk.cut();
    disk.mountCut();
    expect(readFileSync(flushed, 'utf8')).toBe('kept');
    expect(existsSync(other) ? readFileSync(other, 'utf8') : '').toBe('');
  } finally {
    disk.remove();
  }
});
