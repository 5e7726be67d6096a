import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { canBeRead, examineFile, examineInChild, examineInChildNow } from './examine-file.js';

describe('the check of a database', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let file: string;
  beforeEach(() => {
    temporary = temporaryFolder();
    file = join(temporary.folder, 'some.db');
    const database = new Database(file);
    database.exec('CREATE TABLE notes (text TEXT)');
    const insert = database.prepare('INSERT INTO notes VALUES (?)');
    for (let index = 0; index < 200; index += 1) insert.run('x'.repeat(500));
    database.close();
  });
  afterEach(() => temporary.remove());

  const damage = (): void => {
    const bytes = readFileSync(file);
    bytes.fill(7, Math.floor(bytes.length / 2), bytes.length - 4096);
    writeFileSync(file, bytes);
  };

  it('finds it whole, also in a process of its own', async () => {
    expect([examineFile(file), await examineInChild(file), examineInChildNow(file)]).toEqual([
      'whole',
      'whole',
      'whole',
    ]);
  });

  it('finds it damaged', async () => {
    damage();
    expect([examineFile(file), await examineInChild(file), examineInChildNow(file)]).toEqual([
      'damaged',
      'damaged',
      'damaged',
    ]);
    writeFileSync(file, 'a text '.repeat(1_000));
    expect(examineFile(file)).toBe('damaged');
  });

  it('does not report damage when the disk cannot be read', () => {
    damage();
    mkdirSync(`${file}-wal`); // A folder cannot be read as a file.
    expect(examineFile(file)).toBe('unreadable');
    expect(examineFile(join(temporary.folder, 'missing.db'))).toBe('unreadable');
    expect(examineInChildNow(join(temporary.folder, 'missing.db'))).toBe('unreadable');
  });

  it('notices that the disk refuses a read', () => {
    expect([canBeRead(file), canBeRead(join(temporary.folder, 'missing.db'))]).toEqual([true, true]);
    if (!existsSync('/proc/self/mem')) return; // Its first bytes answer EIO.
    symlinkSync('/proc/self/mem', join(temporary.folder, 'refused'));
    expect(canBeRead(join(temporary.folder, 'refused'))).toBe(false);
  });
});
