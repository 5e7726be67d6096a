import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { BatchStore } from './batch-store.js';

const rows = 100_000;
/** Rows that one change may take without a pause. */
const most = 2_000;
const gaveUp = { code: 'batch_cancelled', message: 'It was cancelled.' };

describe('a batch of 100,000 rows', () => {
  let folder: string;
  let database: HeddleDatabase;
  let store: BatchStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-chunks-'));
    database = openDatabase(join(folder, 'heddle.db'), { checkBytes: 0 });
    store = new BatchStore(database);
    store.insert({ id: 'b', workflowId: 'w', owner: 'local', body: {}, createdAt: 1 });
    // As `addRows` does, at once.
    database.connection
      .prepare(
        `WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
         INSERT INTO batch_rows (batch, number, inputs, status, attempt) SELECT 'b', number, '{}', 'waiting', 1 FROM numbers`,
      )
      .run(rows);
    store.setState('b', 'going');
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As a process that ends in the middle, and the next one. */
  function reopen(): void {
    database.close();
    database = openDatabase(join(folder, 'heddle.db'), { checkBytes: 0 });
    store = new BatchStore(database);
  }
  /** How many rows each change took. */
  function changes(change: () => number, times = Infinity): readonly number[] {
    const taken: number[] = [];
    while (taken.length < times) {
      const count = change();
      if (count === 0) break;
      taken.push(count);
    }
    return taken;
  }

  it('is cancelled, tried again and removed in pieces, each of which goes on where the one before ended', () => {
    store.setState('b', 'cancelled');
    expect(changes(() => store.giveUpWaiting('b', gaveUp), 3)).toEqual([most, most, most]);
    reopen();
    expect(store.halfCancelled()).toEqual(['b']);
    expect(store.counts('b')).toMatchObject({ waiting: rows - 3 * most, cancelled: 3 * most });
    expect(changes(() => store.giveUpWaiting('b', gaveUp))).toHaveLength(rows / most - 3);
    expect(store.halfCancelled()).toEqual([]);
    expect(store.rows('b', 0, 'cancelled', 1)).toMatchObject([{ number: 1, error: gaveUp.message, code: gaveUp.code }]);

    store.setState('b', 'going');
    expect(changes(() => store.runAgain('b'), 2)).toEqual([most, most]);
    reopen();
    expect(store.going().map(({ id }) => id)).toEqual(['b']);
    expect(changes(() => store.runAgain('b'))).toHaveLength(rows / most - 2);
    // Each row waits for its second attempt, and none for a third.
    expect(store.counts('b')).toMatchObject({ waiting: rows, cancelled: 0 });
    const attempts = database.connection.prepare('SELECT DISTINCT attempt FROM batch_rows').pluck();
    expect(attempts.all()).toEqual([2]);

    store.hide('b');
    expect(changes(() => store.remove('b'), 2)).toEqual([most, most]);
    reopen();
    expect(store.unfinished()).toEqual(['b']);
    expect(() => store.get('b')).toThrow(expect.objectContaining({ code: 'batch_not_found' }));
    expect(changes(() => store.remove('b'))).toHaveLength(rows / most - 2);
    expect([store.unfinished(), store.counts('b').waiting]).toEqual([[], 0]);
  });

  it('takes the last word of people: rows of one that was cancelled do not wait again, and those of one that goes on are not given up', () => {
    store.setState('b', 'cancelled');
    store.giveUpWaiting('b', gaveUp);
    expect(store.runAgain('b')).toBe(0);
    store.setState('b', 'going');
    expect(store.giveUpWaiting('b', gaveUp)).toBe(0);
    store.setState('b', 'paused');
    expect([store.giveUpWaiting('b', gaveUp), store.runAgain('b')]).toEqual([0, most]);
  });
});
