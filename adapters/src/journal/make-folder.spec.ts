import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './__fixtures__/temporary-folder.js';
import { makeFolder } from './make-folder.js';

describe('makeFolder', () => {
  let place: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    place = temporaryFolder();
  });
  afterEach(() => place.remove());

  it('makes all that is missing, once', () => {
    const folder = join(place.folder, 'a', 'b', 'c');
    makeFolder(folder);
    makeFolder(folder);
    expect(existsSync(folder)).toBe(true);
  });

  it('refuses where a file stands', () => {
    const file = join(place.folder, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(file)).toThrow(expect.objectContaining({ code: 'storage_read_only' }));
    expect(() => makeFolder(join(file, 'below'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('keeps what it makes from other users of the machine', () => {
    const folder = join(place.folder, 'data');
    makeFolder(folder);
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  onLinux('ends where the system has no place for folders', () => {
    expect(() => makeFolder('/proc/heddle/data')).toThrow(expect.objectContaining({ code: 'storage_read_only' }));
  });
});
