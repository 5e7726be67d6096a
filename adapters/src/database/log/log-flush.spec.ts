import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { setImmediate as yieldToEventLoop, setTimeout as wait } from 'node:timers/promises';
import type { HeddleError } from '@heddle/core';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../../testing/open-journal.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { FileWatch } from '../files/watch-files.js';
import { LogFlush } from './log-flush.js';
import { openDatabase, type HeddleDatabase } from '../open-database.js';

/** A disk whose flushes end when the test ends them. */
function createDisk() {
  const asked: ((error: Error | null) => void)[] = [];
  return {
    sync: (_log: number, done: (error: Error | null) => void): void => void asked.push(done),
    /** The number of flushes that have begun and not ended. */
    get running(): number {
      return asked.length;
    },
    async end(error: Error | null = null): Promise<void> {
      asked.shift()?.(error);
      await yieldToEventLoop();
    },
  };
}

/** One tick each for the call, its commit, and the flush. */
async function ticks(): Promise<void> {
  for (let tick = 0; tick < 3; tick += 1) await yieldToEventLoop();
}

describe('a commit that must survive a power loss', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let disk: ReturnType<typeof createDisk>;
  let opened: OpenJournal;
  let received: string[];
  /** Records when a promise settles, and yields to the event loop. */
  const follow = async (name: string, promise: unknown): Promise<void> => {
    void Promise.resolve(promise).then(
      (value) => received.push(`${name} ${String(value)}`),
      (error: unknown) => received.push(`${name} ${(error as { code: string }).code}`),
    );
    await ticks();
  };
  const accept = (runId: string): Promise<void> =>
    follow(
      `${runId} stored`,
      opened.journal
        .accept(acceptanceOf(runId), bundleNamed('A'), () => received.push(`${runId} committed`))
        .then(() => 'well'),
    );
  const acceptTwo = async (): Promise<void> => {
    await accept('run-1');
    await accept('run-2');
    await disk.end();
    await disk.end();
    received = [];
  };
  beforeEach(() => {
    temporary = temporaryFolder();
    disk = createDisk();
    opened = openJournal(temporary.folder, { sync: disk.sync });
    received = [];
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  it('is acknowledged when the disk has it; meanwhile the run continues without blocking the event loop', async () => {
    await accept('run-1');
    expect([received, disk.running]).toEqual([['run-1 committed'], 1]);
    await follow('start', opened.journal.append('run-1', [records.runStart(), records.nodeStart('a')]));
    await follow('end', opened.journal.append('run-1', [records.nodeEnd('a')]));
    expect(received).toEqual(['run-1 committed', 'start 1', 'end 3']);
    await disk.end();
    expect(received.at(-1)).toBe('run-1 stored well');
    expect(disk.running).toBe(0);
  });

  it('shares its flush with other commits of the same tick', async () => {
    const { journal } = opened;
    const stored = journal.accept(acceptanceOf('run-1'), bundleNamed('A'), () => {
      void journal.append('run-1', [records.runStart(), records.nodeEnd('a')]);
      void follow('end', journal.append('run-1', [records.runEnd()]));
    });
    await follow('run-1', stored);
    await ticks();
    expect(disk.running).toBe(1);
    await disk.end();
    expect(received.toSorted()).toEqual(['end 3', expect.stringMatching(/^run-1 /)]);
  });

  it('waits for a flush that began after its commit, and shares it with others', async () => {
    await accept('run-1');
    await accept('run-2');
    await accept('run-3');
    expect(disk.running).toBe(1);
    await disk.end();
    expect([received.slice(3), disk.running]).toEqual([['run-1 stored well'], 1]);
    await disk.end();
    expect([received.slice(4), disk.running]).toEqual([['run-2 stored well', 'run-3 stored well'], 0]);
  });

  it('is an acceptance, cancel, decision or end, or requests it; other commits do not wait for the disk (D1)', async () => {
    const needsDisk = async (name: string, append: () => unknown): Promise<boolean> => {
      await follow(name, append());
      const waits = disk.running === 1 && !received.some((line) => line.startsWith(name));
      await disk.end();
      expect(received.at(-1)).toMatch(name);
      return waits;
    };
    const { journal } = opened;
    expect(await needsDisk('run-1', () => acceptRun(journal, 'run-1'))).toBe(true);
    expect(await needsDisk('begun', () => appendTo(journal, 'run-1', [records.runStart()]))).toBe(false);
    const careful = { isPowerSafe: true };
    expect(await needsDisk('once', () => journal.append('run-1', [records.nodeStart('a')], careful))).toBe(true);
    expect(await needsDisk('node', () => appendTo(journal, 'run-1', [records.nodeEnd('a')]))).toBe(false);
    for (const record of [{ type: 'cancel-request', time: 1 }, records.humanInputEnd('x'), records.runEnd()] as const)
      expect(await needsDisk(record.type, () => appendTo(journal, 'run-1', [record]))).toBe(true);
  });

  it('keeps its position before later records of the same run', async () => {
    await acceptTwo();
    await follow('cancel', opened.journal.append('run-1', [{ type: 'cancel-request', time: 1 }]));
    await follow('behind', opened.journal.append('run-1', [records.nodeEnd('a')]));
    await follow('other', opened.journal.append('run-2', [records.nodeEnd('a')]));
    expect(received).toEqual(['other 1']);
    await disk.end();
    await disk.end();
    expect(received).toEqual(['other 1', 'cancel 1', 'behind 2']);
  });

  it('keeps its position within one commit', async () => {
    await acceptTwo();
    const { journal } = opened;
    void follow('before', journal.append('run-1', [records.runStart()]));
    void follow('cancel', journal.append('run-1', [{ type: 'cancel-request', time: 1 }]));
    void follow('other', journal.append('run-2', [records.runStart()]));
    await follow('behind', journal.append('run-1', [records.nodeEnd('a')]));
    expect(received).toEqual(['before 1', 'other 1']);
    await disk.end();
    expect(received.slice(2)).toEqual(['cancel 2', 'behind 3']);
  });

  it('is every commit before an effect goes out; a flush that covers it is not repeated', async () => {
    const { journal } = opened;
    await accept('run-1');
    await disk.end();
    expect(journal.flushed?.()).toBeUndefined();
    await follow('result', journal.append('run-1', [records.runStart(), records.nodeStart('a'), records.nodeEnd('a')]));
    await follow('effect', journal.flushed?.());
    await follow('another', journal.flushed?.());
    expect([received.slice(2), disk.running]).toEqual([['result 1'], 1]);
    // A request during the first flush waits for the next one.
    await disk.end();
    expect(received.slice(3)).toEqual(['effect undefined']);
    await disk.end();
    expect(received.slice(4)).toEqual(['another undefined']);
    expect(journal.flushed?.()).toBeUndefined();
    await follow('cancel', journal.append('run-1', [{ type: 'cancel-request', time: 1 }]));
    await disk.end();
    expect(journal.flushed?.()).toBeUndefined();
  });

  describe('when the disk refuses it', () => {
    const broken = Object.assign(new Error('i/o error'), { code: 'EIO' });

    it('is refused when a run was to be accepted, and no new run is accepted', async () => {
      await accept('run-1');
      await disk.end(broken);
      expect(received).toEqual(['run-1 committed', 'run-1 stored storage_failed']);
      await accept('run-2');
      expect(received.slice(2)).toEqual(['run-2 stored storage_failed']);
      expect(() => opened.database.checkWritable()).toThrow(expect.objectContaining({ code: 'storage_failed' }));
      await expect(opened.database.flushed()).rejects.toMatchObject({ code: 'storage_failed' });
    });

    it('is neither lost nor written twice: the commits are moved to the database file instead', async () => {
      await accept('run-1');
      await disk.end();
      await follow('end', opened.journal.append('run-1', [records.runStart(), records.runEnd()]));
      const other = new Database(join(temporary.folder, 'heddle.db'));
      other.exec('BEGIN');
      other.prepare('SELECT count(*) FROM runs').get();
      await disk.end(broken);
      await wait(1_200);
      // The reader blocks the checkpoint.
      expect(received.at(-1)).toBe('run-1 stored well');
      other.close();
      // The checkpoint is tried once a second.
      for (let tries = 0; received.at(-1) !== 'end 1' && tries < 200; tries += 1) await wait(50);
      expect(received.at(-1)).toBe('end 1');
      expect((await opened.journal.events('run-1')).map(({ type }) => type)).toEqual(['run-start', 'run-end']);
      opened.database.checkWritable();
      await accept('run-2');
      await disk.end();
      expect(received.at(-1)).toBe('run-2 stored well');
    });
  });

  it('is flushed before the database closes', async () => {
    const pending = acceptRun(opened.journal, 'run-1');
    await ticks();
    expect(disk.running).toBe(1);
    await opened.close();
    await pending;
    opened = openJournal(temporary.folder);
    expect(await opened.journal.summary('run-1')).toMatchObject({ status: 'queued' });
  });
});

describe('a log whose disk is faster than a thread', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  let here: number = 0;
  let there: number = 0;
  let time: number = 0;
  let cost: number = 0;
  let fault: Error | undefined;
  let log: LogFlush;
  beforeEach(() => {
    [here, there, time, cost, fault] = [0, 0, 0, 0.2, undefined];
    temporary = temporaryFolder();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
    log = new LogFlush(
      database.file,
      new FileWatch(database.connection, database.file),
      (_log, done) => {
        there += 1;
        setImmediate(done, null);
      },
      {
        sync: () => {
          if (fault !== undefined) throw fault;
          here += 1;
          time += cost;
        },
        now: () => time,
      },
    );
  });
  afterEach(() => {
    log.close();
    database.close();
    temporary.remove();
  });
  let afterwards: Promise<void> = Promise.resolve();
  const flush = async (waiters: number): Promise<void> => {
    await Promise.all(Array.from({ length: waiters }, () => new Promise<void>((onSafe) => log.flush({ onSafe }))));
  };

  it('is flushed in place for a single run, and by a thread for many', async () => {
    await flush(1);
    await flush(2);
    expect([here, there]).toEqual([2, 0]);
    await flush(3);
    expect([here, there]).toEqual([2, 1]);
  });

  it('uses a thread for a hundred flushes once the disk is slow', async () => {
    cost = 4;
    await flush(1);
    for (let index = 0; index < 100; index += 1) await flush(1);
    expect([here, there]).toEqual([1, 100]);
    cost = 0.2;
    await flush(1);
    await flush(1);
    expect([here, there]).toEqual([3, 100]);
  });

  it('reports no damage when its watch meets an unreadable page, and flushes again', async () => {
    let reads = 0;
    log.watch(() => {
      reads += 1;
      if (reads <= 2) throw Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
      return () => undefined;
    });
    const heard = await new Promise<HeddleError>((onFault) => {
      const safe = new Promise<void>((onSafe) => log.flush({ onSafe, onFault }));
      afterwards = safe;
    });
    expect(heard).toMatchObject({ code: 'storage_failed', retryable: true });
    await afterwards;
    expect([log.fault, reads]).toEqual([undefined, 3]);
  });

  it('is notified when the disk refuses a flush', async () => {
    fault = Object.assign(new Error('i/o error'), { code: 'EIO' });
    const heard = await new Promise<HeddleError>((onFault) => log.flush({ onSafe: () => undefined, onFault }));
    expect(heard).toMatchObject({ code: 'storage_failed' });
    expect(log.fault).toBe(heard);
  });
});
