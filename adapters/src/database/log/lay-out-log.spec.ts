import { copyFileSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../../testing/open-journal.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

describe('the log of a journal', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  beforeEach(() => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  const logBytes = (): number => statSync(join(temporary.folder, 'heddle.db-wal')).size;
  /** The size that the log reaches between two checkpoints: 8 MB in pages of 4 KiB with their headers, and a reserve. */
  const whole = (2_048 + 256) * 4_120;

  it('gets its full length once a run was accepted, so that later commits need not extend it', async () => {
    const before = logBytes();
    await pause(20);
    expect(logBytes()).toBe(before);
    await acceptRun(opened.journal, 'run-1');
    while (logBytes() < whole) await pause(5);
    for (let index = 0; index < 50; index += 1)
      await appendTo(opened.journal, 'run-1', [records.nodeStart(`n${index}`)]);
    expect(logBytes()).toBe(whole);
  });

  it('keeps earlier, concurrent and later commits, also after a crash of the process', async () => {
    const appends: Promise<number>[] = [];
    await acceptRun(opened.journal, 'run-1');
    while (logBytes() < whole) {
      appends.push(appendTo(opened.journal, 'run-1', [records.nodeStart(`n${appends.length}`)]));
      await pause(1);
    }
    appends.push(appendTo(opened.journal, 'run-1', [records.nodeStart('last')]));
    await Promise.all(appends);
    const dead = join(temporary.folder, 'dead');
    mkdirSync(dead);
    for (const name of ['heddle.db', 'heddle.db-wal']) copyFileSync(join(temporary.folder, name), join(dead, name));
    const found = openJournal(dead);
    expect((await found.journal.events('run-1')).map(({ seq }) => seq)).toEqual(appends.map((_, index) => index + 1));
    expect(found.database.connection.pragma('integrity_check', { simple: true })).toBe('ok');
    await found.close();
  });

  it('is not extended after another program has cut it, so that the cut is noticed', async () => {
    await acceptRun(opened.journal, 'run-1');
    truncateSync(join(temporary.folder, 'heddle.db-wal'), 100);
    await pause(50);
    expect(logBytes()).toBe(100);
    await expect(acceptRun(opened.journal, 'run-2')).rejects.toMatchObject({ code: 'storage_corrupt' });
  });

  it('accepts commits after another program held the lock during its extension', async () => {
    const other = new Database(opened.database.file);
    await acceptRun(opened.journal, 'run-1');
    other.exec('BEGIN IMMEDIATE');
    await pause(50);
    other.exec('ROLLBACK');
    other.close();
    expect(await appendTo(opened.journal, 'run-1', [records.runStart()])).toBe(1);
  });
});
