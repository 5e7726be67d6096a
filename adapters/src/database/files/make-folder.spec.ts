import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { makeFolder } from './make-folder.js';

describe('makeFolder', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());

  it('creates all missing folders, and accepts an existing one', () => {
    const folder = join(temporary.folder, 'a', 'b', 'c');
    makeFolder(folder, { isPrivate: true });
    makeFolder(folder, { isPrivate: true });
    expect(existsSync(folder)).toBe(true);
  });

  it('refuses a path at which a file exists', () => {
    const file = join(temporary.folder, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(file, { isPrivate: true })).toThrow(expect.objectContaining({ code: 'storage_read_only' }));
    expect(() => makeFolder(join(file, 'below'), { isPrivate: true })).toThrow(
      expect.objectContaining({ code: 'ENOTDIR' }),
    );
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('keeps a private one from other users of the machine, and no other', () => {
    const before = process.umask(0o022);
    try {
      const modeOf = (isPrivate: boolean): number => {
        const folder = join(temporary.folder, String(isPrivate), 'data');
        makeFolder(folder, { isPrivate });
        return statSync(folder).mode & 0o777;
      };
      expect([modeOf(true), modeOf(false)]).toEqual([0o700, 0o755]);
    } finally {
      process.umask(before);
    }
  });

  onLinux('ends where the system keeps no folders', () => {
    expect(() => makeFolder('/proc/heddle/data', { isPrivate: true })).toThrow(
      expect.objectContaining({ code: 'storage_read_only' }),
    );
  });
});
