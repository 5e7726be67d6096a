import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { copyData } from './__fixtures__/copy-data.js';
import { openJournal, type OpenJournal } from './__fixtures__/journal-place.js';
import { runChild } from './__fixtures__/run-child.js';
import { temporaryFolder } from './__fixtures__/temporary-folder.js';
import { createRedoLog, readRedoLog } from './redo-log.js';

const appendChild = new URL('./__fixtures__/append-child.js', import.meta.url);
const node = (name: string, value: unknown = name) => [records.nodeStart(name), records.nodeEnd(name, value)];
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('results that the redo log has', () => {
  let place: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  beforeEach(async () => {
    place = temporaryFolder();
    opened = openJournal(place.folder, { isSole: true });
    await acceptRun(opened.journal, 'run-1');
    await appendTo(opened.journal, 'run-1', [records.runStart()]);
    await seqs();
  });
  afterEach(async () => {
    await opened.close();
    place.remove();
  });

  const redoFile = (folder = place.folder): string => join(folder, 'heddle.db-redo');
  const rowsInTable = (): unknown => {
    const other = new Database(opened.database.file, { readonly: true });
    try {
      return other.prepare('SELECT count(*) FROM records').pluck().get();
    } finally {
      other.close();
    }
  };
  const seqs = async (from = opened, runId = 'run-1'): Promise<number[]> =>
    (await from.journal.events(runId)).map(({ seq }) => seq);
  const crashed = (): string => copyData(place.folder);
  /** The same, with the database as an earlier copy has it. */
  const crashedWith = (earlier: string): string => {
    const copy = crashed();
    for (const name of ['heddle.db', 'heddle.db-wal']) copyFileSync(join(earlier, name), join(copy, name));
    return copy;
  };
  const after = async <T>(folder: string, work: (there: OpenJournal) => Promise<T>): Promise<T> => {
    const there = openJournal(folder, { isSole: true });
    try {
      return await work(there);
    } finally {
      await there.close();
    }
  };

  it('are committed at once, and in the table 50 ms later', async () => {
    expect(opened.journal.append('run-1', node('a'))).toBe(2);
    expect(opened.journal.append('run-1', node('b'))).toBe(4);
    expect([rowsInTable(), readRedoLog(redoFile()).length]).toEqual([1, 2]);
    await opened.clock.advance(50);
    await nextTurn();
    expect(rowsInTable()).toBe(3);
  });

  it('are in the table with the next transaction, before what it brings', async () => {
    void opened.journal.append('run-1', node('a'));
    await acceptRun(opened.journal, 'run-2');
    expect(rowsInTable()).toBe(2);
  });

  it('are in the table when somebody reads', async () => {
    void opened.journal.append('run-1', node('a'));
    expect(await seqs()).toEqual([1, 2, 3]);
    expect(rowsInTable()).toBe(2);
    void opened.journal.append('run-1', node('b'));
    expect(await opened.journal.summary('run-1')).toMatchObject({ lastSeq: 5 });
  });

  it('are shared by the runs of a turn, and brought into the table by the thousand', async () => {
    await acceptRun(opened.journal, 'run-2');
    await appendTo(opened.journal, 'run-2', [records.runStart()]);
    await seqs();
    const before = rowsInTable();
    await Promise.all([appendTo(opened.journal, 'run-1', node('a')), appendTo(opened.journal, 'run-2', node('a'))]);
    expect([rowsInTable(), readRedoLog(redoFile()).length]).toEqual([before, 2]);
    for (let index = 0; index < 600; index += 1) await opened.journal.append('run-1', node(`n${index}`));
    expect(rowsInTable()).toBeGreaterThan(500);
    expect(await seqs()).toEqual(upTo(1 + 2 * 601));
  });

  it('are overwritten in the log a second after the table has them, and the log goes with an orderly stop', async () => {
    void opened.journal.append('run-1', node('a', 'a secret'));
    expect(readFileSync(redoFile()).includes('a secret')).toBe(true);
    await opened.clock.advance(50);
    await nextTurn();
    await opened.clock.advance(1_000);
    expect(readFileSync(redoFile()).includes('a secret')).toBe(false);
    await opened.close();
    expect(existsSync(redoFile())).toBe(false);
    opened = openJournal(place.folder, { isSole: true });
  });

  it('survive the end of the process (G2)', async () => {
    for (const name of ['a', 'b', 'c']) void opened.journal.append('run-1', node(name));
    const folder = crashed();
    await after(folder, async (there) => {
      expect(await there.journal.events('run-1')).toEqual(await opened.journal.events('run-1'));
      expect(await appendTo(there.journal, 'run-1', [records.runEnd()])).toBe(8);
    });
    expect(existsSync(redoFile(folder))).toBe(false);
  });

  it('let a run begin, which is known to whoever reads and after a crash', async () => {
    await acceptRun(opened.journal, 'run-2');
    const before = rowsInTable();
    await appendTo(opened.journal, 'run-2', [records.runStart(), ...node('a')]);
    expect(rowsInTable()).toBe(before);
    const copy = crashed();
    const summary = await opened.journal.summary('run-2');
    expect(summary).toMatchObject({ status: 'running', startedAt: records.runStart().time, lastSeq: 3 });
    await after(copy, async (there) => expect(await there.journal.summary('run-2')).toEqual(summary));
    await appendTo(opened.journal, 'run-2', [records.park(undefined)]);
    await appendTo(opened.journal, 'run-2', [{ type: 'run-resume', time: 9, reason: 'answered' }]);
    expect(await opened.journal.summary('run-2')).toMatchObject({ status: 'running', lastSeq: 5 });
  });

  it('are taken once, also where the table had them', async () => {
    void opened.journal.append('run-1', node('a'));
    await seqs();
    expect(readRedoLog(redoFile())).toHaveLength(1);
    await after(crashed(), async (there) => expect(await seqs(there)).toEqual([1, 2, 3]));
  });

  it('are passed over where a power loss took what came before them', async () => {
    const early = crashed();
    void opened.journal.append('run-1', node('a'));
    await seqs();
    void opened.journal.append('run-1', node('b'));
    await after(crashedWith(early), async (there) => expect(await seqs(there)).toEqual([1]));
  });

  it('are passed over where their run has ended, or nobody has heard of it (G6)', async () => {
    await appendTo(opened.journal, 'run-1', [records.runEnd()]);
    const folder = crashed();
    const log = createRedoLog(redoFile(folder));
    const row = { columns: [3, 'node-end', 1, 'a', 1, null, null], body: '{}' } as const;
    for (const [runId, first] of [
      ['run-1', 3],
      ['run-2', 1],
    ] as const)
      log.add({ runId, first, count: 1, rows: [row] });
    log.write();
    log.close(false);
    await after(folder, async (there) => expect(await seqs(there)).toEqual([1, 2]));
  });

  it('are read, and kept until they are stored, while the database takes nothing (G8)', async () => {
    await acceptRun(opened.journal, 'run-2');
    const pages = Number(opened.database.connection.pragma('page_count', { simple: true }));
    opened.database.connection.pragma(`max_page_count = ${pages}`);
    for (let index = 0; index < 20; index += 1)
      await opened.journal.append('run-1', node(`n${index}`, 'x'.repeat(3_000)));
    await appendTo(opened.journal, 'run-2', [records.runStart()]);
    await expect(appendTo(opened.journal, 'run-1', [records.runEnd()])).rejects.toMatchObject({ code: 'storage_full' });
    expect(rowsInTable()).toBe(1);
    expect(await seqs()).toEqual(upTo(41));
    await after(crashed(), async (there) => expect(await seqs(there)).toEqual(upTo(41)));
    // Tried by itself, in vain, and again.
    await opened.clock.advance(1_000);
    await nextTurn();
    opened.database.connection.pragma('max_page_count = 1000000');
    await opened.clock.advance(1_000);
    await nextTurn();
    expect(rowsInTable()).toBe(22);
    expect(await opened.journal.summary('run-2')).toMatchObject({ status: 'running' });
    expect(await appendTo(opened.journal, 'run-1', [records.runEnd()])).toBe(42);
    expect(await seqs()).toEqual(upTo(42));
  });

  it('stay in the log when the process ends while the database takes nothing', async () => {
    const pages = Number(opened.database.connection.pragma('page_count', { simple: true }));
    opened.database.connection.pragma(`max_page_count = ${pages}`);
    for (let index = 0; index < 20; index += 1)
      await opened.journal.append('run-1', node(`n${index}`, 'x'.repeat(3_000)));
    await opened.close();
    opened = openJournal(place.folder, { isSole: true });
    expect(await seqs()).toEqual(upTo(41));
  });

  it('wait for nothing where another program holds the database', async () => {
    const other = new Database(opened.database.file);
    other.exec('BEGIN IMMEDIATE');
    expect(await opened.journal.append('run-1', node('a'))).toBe(2);
    other.exec('COMMIT');
    other.close();
    expect(await seqs()).toEqual([1, 2, 3]);
  });

  it('are no starts that have no end yet, nothing large, no end of what was begun before, and nothing that must survive a power loss', async () => {
    const { journal } = opened;
    await appendTo(journal, 'run-1', [records.nodeStart('open')]);
    await appendTo(journal, 'run-1', node('large', 'x'.repeat(70_000)));
    await appendTo(journal, 'run-1', [records.nodeEnd('open')]);
    await journal.append('run-1', node('careful'), { isPowerSafe: true });
    expect(readRedoLog(redoFile())).toMatchObject([{ first: 1, count: 1 }]);
    expect(rowsInTable()).toBe(4);
  });

  it('are all there, in order and once, however often the process is killed in the middle (G1, G2)', async () => {
    const acknowledged: string[] = [];
    await opened.close();
    for (const killAfter of [9, 57, 180]) {
      const end = await runChild(appendChild, [place.folder, killAfter === 57 ? '1' : '5', '5000', '400', 'sole'], {
        onLine: (line, kill) => {
          acknowledged.push(line);
          if (acknowledged.length % killAfter === 0) kill('SIGKILL');
        },
      });
      expect(end).toMatchObject({ signal: 'SIGKILL', errors: '' });
    }
    opened = openJournal(place.folder, { isSole: true });
    const values = new Map<string, string>();
    for (const runId of new Set(acknowledged.map((line) => line.split(' ')[0] ?? ''))) {
      const events = await opened.journal.events(runId);
      expect(events.map(({ seq }) => seq)).toEqual(upTo(events.length));
      for (const event of events)
        if (event.type === 'node-end')
          values.set(`${runId} ${event.seq}`, String(event.outputs['text']?.value).slice(0, 40));
    }
    for (const [runId = '', seq = '', value = ''] of acknowledged.map((line) => line.split(' ')))
      if (value !== 'accepted') expect(values.get(`${runId} ${seq}`)).toBe(value);
  }, 60_000);

  it('are there where the process is killed before anybody heard of them', async () => {
    const folder = join(place.folder, 'child');
    const end = await runChild(appendChild, [folder, '1', '1', '0', 'sole'], {
      environment: { HEDDLE_FAILPOINT: 'result-before-event:kill' },
    });
    expect(end).toMatchObject({ signal: 'SIGKILL', lines: ['run-0 0 accepted'] });
    expect(readRedoLog(redoFile(folder))).toHaveLength(1);
    await after(folder, async (there) => expect(await seqs(there, 'run-0')).toEqual([1, 2]));
  });
});
