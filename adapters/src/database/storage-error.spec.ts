import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asPlainUser, temporaryFolder } from '../testing/temporary-folder.js';
import { storageErrorOf } from './storage-error.js';

describe('errors of storage', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());

  const meaningOf = (code: string, file = join(temporary.folder, 'heddle.db')): string => {
    const error = storageErrorOf(Object.assign(new Error('no'), { code }), file);
    return error === undefined ? 'none' : `${error.code}: ${error.message.slice(file.length + 2)}`;
  };

  it.each([
    ['ENOSPC', /^storage_full: The disk is full/],
    ['SQLITE_FULL', /^storage_full: The disk is full/],
    ['EDQUOT', /^storage_full: A quota or a limit/],
    ['EFBIG', /^storage_full: A quota or a limit/],
    ['EROFS', /^storage_read_only: The file system is mounted read-only/],
    ['EACCES', /^storage_read_only: .*permissions/],
    ['EIO', /^storage_failed: The disk does not respond/],
    ['SQLITE_IOERR_READ', /^storage_failed: The disk does not respond/],
    ['SQLITE_IOERR_FSYNC', /^storage_failed: The disk does not respond/],
    ['SQLITE_CORRUPT', /^storage_corrupt: It is damaged/],
    ['SQLITE_CONSTRAINT_UNIQUE', /^none/],
  ])('%s names the cause and the remedy', (code, text) => {
    expect(meaningOf(code)).toMatch(text);
  });

  it('tests the disk for the reason of a refused write, and leaves no file', () => {
    expect(meaningOf('SQLITE_IOERR_WRITE')).toMatch(/^storage_failed: The disk does not respond/);
    expect(readdirSync(temporary.folder)).toEqual([]);
    const locked = join(temporary.folder, 'locked');
    mkdirSync(locked);
    chmodSync(temporary.folder, 0o755);
    chmodSync(locked, 0o555);
    expect(asPlainUser(() => meaningOf('SQLITE_IOERR_WRITE', join(locked, 'heddle.db')))).toMatch(
      /^storage_read_only: .*permissions/,
    );
    chmodSync(locked, 0o755);
  });
});
