import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.mjs';

describe('temporaryFolder', () => {
  let temporary: string;
  let memory: string;
  let disk: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'heddle-folders-'));
    memory = join(temporary, 'memory');
    disk = join(temporary, 'disk');
    for (const folder of [memory, disk]) mkdirSync(folder);
  });
  afterEach(() => rmSync(temporary, { recursive: true }));

  const hasMemory = process.platform === 'linux';
  (hasMemory ? it : it.skip)('is in memory if there is space', () => {
    expect(dirname(temporaryFolder({ memory, disk, least: 1 }).folder)).toBe(memory);
  });

  it('is on the disk if memory has no space or does not exist', () => {
    expect(dirname(temporaryFolder({ memory, disk, least: Number.MAX_SAFE_INTEGER }).folder)).toBe(disk);
    expect(dirname(temporaryFolder({ memory: join(temporary, 'nowhere'), disk, least: 1 }).folder)).toBe(disk);
  });

  it('is removed with everything in it', () => {
    const made = temporaryFolder({ memory, disk });
    const { folder } = made;
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'inner', 'file'), 'left');
    made.remove();
    expect(existsSync(folder)).toBe(false);
    made.remove();
  });
});
