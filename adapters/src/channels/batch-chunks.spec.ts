import type { TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { addWorkflow } from './__fixtures__/channel-rows.js';
import { BatchStore, type StoredBatch } from './batch-store.js';

/** The largest number of rows that one change handles without a pause. */
const most = 2_000;
const gaveUp = { code: 'batch_cancelled', message: 'It was cancelled.' };

describe.each(bothDatabases)('a batch of many rows in %s', (name, open) => {
  const rows = name === 'SQLite' ? 100_000 : 10_000;
  let database: TestedDatabase;
  let subject: TablesSubject;
  let store: BatchStore;
  let isOther = false;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    await addWorkflow(subject.one, 'w');
    store = new BatchStore(subject.one);
    await store.insert({ id: 'b', workflowId: 'w', owner: 'local', body: {}, createdAt: 1 });
    const sql = `WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < CAST(@rows AS integer))
      INSERT INTO batch_rows (batch, number, inputs, status, attempt) SELECT 'b', number, '{}', 'waiting', 1 FROM numbers`;
    await subject.one.note([{ sql, values: { rows } }]);
    await set('going');
  });

  const set = (state: StoredBatch['state']): Promise<void> => subject.one.commit([store.write.setState('b', state)]);

  /** Stands for a process that ends in the middle, and the next one. */
  function reopen(): void {
    isOther = !isOther;
    store = new BatchStore(isOther ? subject.other : subject.one);
  }
  /** Repeats a change and returns how many rows each call handled. */
  async function changes(change: () => Promise<number>, times = Infinity): Promise<readonly number[]> {
    const taken: number[] = [];
    while (taken.length < times) {
      const count = await change();
      if (count === 0) break;
      taken.push(count);
    }
    return taken;
  }

  it('is cancelled, retried and removed in pieces, and each piece continues where the one before ended', async () => {
    await set('cancelled');
    expect(await changes(() => store.giveUpWaiting('b', gaveUp), 3)).toEqual([most, most, most]);
    reopen();
    expect(await store.halfCancelled()).toEqual(['b']);
    expect(await store.counts('b')).toMatchObject({ waiting: rows - 3 * most, cancelled: 3 * most });
    expect(await changes(() => store.giveUpWaiting('b', gaveUp))).toHaveLength(rows / most - 3);
    expect(await store.halfCancelled()).toEqual([]);
    const [first] = await store.rows('b', 0, 'cancelled', 1);
    expect(first).toMatchObject({ number: 1, error: gaveUp.message, code: gaveUp.code });

    await set('going');
    expect(await changes(() => store.runAgain('b'), 2)).toEqual([most, most]);
    reopen();
    expect((await store.going()).map(({ id }) => id)).toEqual(['b']);
    expect(await changes(() => store.runAgain('b'))).toHaveLength(rows / most - 2);
    // Each row waits for its second attempt; none gets a third.
    expect(await store.counts('b')).toMatchObject({ waiting: rows, cancelled: 0 });
    expect(await subject.one.all('SELECT DISTINCT attempt FROM batch_rows')).toEqual([{ attempt: 2 }]);

    await subject.one.commit([store.write.hide('b')]);
    expect(await changes(() => store.remove('b'), 2)).toEqual([most, most]);
    reopen();
    expect([await store.unfinished(), await store.unfinished(1)]).toEqual([['b'], []]);
    await expect(store.get('b')).rejects.toMatchObject({ code: 'batch_not_found' });
    expect(await changes(() => store.remove('b'))).toHaveLength(rows / most - 2);
    expect([await store.unfinished(), (await store.counts('b')).waiting]).toEqual([[], 0]);
  });

  it('follows the last decision of a person: cancelled batches retry no row, resumed batches give up no row', async () => {
    await set('cancelled');
    await store.giveUpWaiting('b', gaveUp);
    expect(await store.runAgain('b')).toBe(0);
    await set('going');
    expect(await store.giveUpWaiting('b', gaveUp)).toBe(0);
    await set('paused');
    expect([await store.giveUpWaiting('b', gaveUp), await store.runAgain('b')]).toEqual([0, most]);
  });
});
