import type { Journal, RunAcceptance, Tables } from '@heddle/core';
import { acceptanceOf, bundleNamed } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { addWorkflow } from './__fixtures__/channel-rows.js';
import { batchScope, rowKey } from './batch-runs.js';
import { BatchStore } from './batch-store.js';

const batch = { id: 'b', workflowId: 'w', owner: 'local', body: { name: 'B' }, createdAt: 1 };
const row = (runId: string, number: number, attempt = 1): RunAcceptance =>
  acceptanceOf(runId, {
    workflowId: 'w',
    idempotency: { scope: batchScope('b'), key: rowKey({ number, attempt }), requestHash: 'sha256:1' },
  });

describe.each(bothJournals)('batches in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let store: BatchStore;
  let journal: Journal;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    store = new BatchStore(tables);
    journal = fresh.journalWith([store.projection]);
    await addWorkflow(tables, 'w');
  });
  afterEach(() => journal.close());
  const accept = (run: RunAcceptance) => journal.accept(run, bundleNamed('W'));
  const going = async (rows: readonly object[]): Promise<void> => {
    await store.insert(batch);
    await store.addRows('b', rows as readonly Record<string, unknown>[], 0);
    await tables.commit([store.write.setState('b', 'going')]);
  };

  it('are shown once all of their rows are stored; what a process left unfinished is removed', async () => {
    await store.insert(batch);
    await store.addRows('b', [{ a: 1 }, { a: 2 }], 0);
    expect([await store.list('w', 10), await store.going()]).toEqual([[], []]);
    await expect(store.get('b')).rejects.toMatchObject({ code: 'batch_not_found' });
    await store.insert({ ...batch, id: 'whole' });
    await store.addRows('whole', [{ a: 1 }], 0);
    await store.addRows('whole', [{ a: 2 }], 1);
    await tables.commit([store.write.setState('whole', 'going')]);
    expect(await store.get('whole')).toEqual({ ...batch, id: 'whole', state: 'going' });
    expect(await store.unfinished()).toEqual(['b']);
    while ((await store.remove('b')) > 0);
    expect(await store.unfinished()).toEqual([]);
    expect([(await store.counts('b')).waiting, (await store.counts('whole')).waiting]).toEqual([0, 2]);
    expect((await store.waiting('whole', 10)).map(({ number, inputs }) => [number, inputs])).toEqual([
      [1, { a: 1 }],
      [2, { a: 2 }],
    ]);
  });

  it('are deleted with their workflow', async () => {
    await going([{ a: 1 }]);
    await tables.commit([{ sql: "DELETE FROM workflows WHERE id = 'w'", values: {} }]);
    expect([await store.unfinished(), (await store.counts('b')).waiting]).toEqual([[], 0]);
    await expect(tables.commit([store.write.setState('b', 'paused')])).rejects.toMatchObject({
      code: 'batch_not_found',
    });
  });

  it('bind a row to its run once, with the acceptance, and only while the batch runs', async () => {
    await going([{ a: 1 }, { a: 2 }]);
    await accept(row('r1', 1));
    expect(await store.rows('b', 0, 'running', 9)).toMatchObject([{ number: 1, runId: 'r1' }]);
    // The same attempt of the row, as another process would start it.
    await expect(accept(row('again', 1))).rejects.toMatchObject({ code: 'conflict' });
    await expect(accept(row('later', 1, 2))).rejects.toMatchObject({ code: 'conflict' });
    await tables.commit([store.write.setState('b', 'paused')]);
    await expect(accept(row('r2', 2))).rejects.toMatchObject({ code: 'conflict' });
    await expect(journal.summary('r2')).rejects.toMatchObject({ code: 'run_not_found' });
    expect(await store.counts('b')).toMatchObject({ waiting: 1, running: 1 });
  });

  it('set the end and the cost of a row with the end of its run', async () => {
    await going([{ a: 1 }, { a: 2 }]);
    await accept(row('r1', 1));
    await accept(row('r2', 2));
    await journal.append('r1', [
      { type: 'run-start', time: 1 },
      { type: 'run-end', time: 2, status: 'done' },
    ]);
    await journal.append('r2', [
      { type: 'run-start', time: 1 },
      { type: 'cancel-request', time: 2, reason: 'its batch was cancelled', code: 'batch_cancelled' },
    ]);
    await tables.commit([{ sql: "UPDATE runs SET cost = 0.25 WHERE id = 'r2'", values: {} }]);
    await journal.append('r2', [{ type: 'run-end', time: 3, status: 'cancelled' }]);
    expect(await store.rows('b', 0, undefined, 9)).toMatchObject([
      { number: 1, status: 'done', error: undefined, code: undefined },
      { number: 2, status: 'cancelled', error: 'its batch was cancelled', code: 'batch_cancelled' },
    ]);
    expect(await store.cost('b')).toBe(0.25);
    expect(await store.runAgain('b')).toBe(1);
    expect(await store.waiting('b', 9)).toMatchObject([{ number: 2, attempt: 2 }]);
    expect(await store.cost('b')).toBe(0.25);
  });

  it('pause by themselves only while they run, and report why rows could not be stored', async () => {
    await going([{ a: 1 }, { a: 2 }, { a: 3 }]);
    await store.refuse('b', 1, { code: 'storage_full', message: 'The disk is full.' });
    await store.refuse('b', 2, { code: 'storage_full', message: 'The disk is full.' });
    await store.refuse('b', 3, { code: 'input_invalid', message: 'No.' });
    // The row has started or ended meanwhile.
    await store.refuse('b', 3, { code: 'storage_full', message: 'late' });
    expect(await store.fault('b')).toEqual({ code: 'storage_full', message: 'The disk is full.', rows: 2 });
    expect((await store.rows('b', 2, 'failed', 9))[0]).toMatchObject({ number: 3, code: 'input_invalid' });
    const why = { code: 'not_published', message: 'It is off the air.' };
    await tables.commit([store.write.pauseGoing('b', why)]);
    expect(await store.get('b')).toMatchObject({ state: 'paused', why });
    await expect(tables.commit([store.write.pauseGoing('b', why)])).rejects.toMatchObject({ code: 'conflict' });
    await tables.commit([store.write.update('b', { name: 'C' }), store.write.setState('b', 'cancelled')]);
    expect((await store.list('w', 9)).map(({ body, state }) => [body, state])).toEqual([[{ name: 'C' }, 'cancelled']]);
  });

  it('list the runs that must be cancelled with them', async () => {
    await going([{ a: 1 }]);
    await accept(row('r1', 1));
    expect(await store.toCancel()).toEqual([]);
    await tables.commit([store.write.setState('b', 'cancelled')]);
    expect(await store.toCancel()).toEqual([{ run: 'r1', owner: 'local' }]);
    expect(await store.fault('b')).toBeUndefined();
  });
});
