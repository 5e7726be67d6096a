import {
  addEntries,
  bucketOf,
  countOf,
  percentileOf,
  rollupUnits,
  type CallFigures,
  type Journal,
  type RollupQuery,
  type RollupStore,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, records } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createModelCalls } from '../routing/index.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { wallClock } from '../testing/wall-clock.js';
import { countAll, endedRun, type Run } from './__fixtures__/ended-run.js';
import { createRollupStore } from './rollup-store.js';

const { minute, hour, day } = rollupUnits;
const all: RollupQuery = { from: 0, to: 1e15, step: day.ms };

const callSql = `INSERT INTO model_calls (run, workflow, api_key, path, model, kind, is_local, started, ms, first_token_ms, input_tokens,
    output_tokens, cost, currency, error)
  VALUES (@run, 'w', 'k', 'say', @model, 'generate', 0, @started, 1000, @first, 10, @output, @cost, @currency, @error)`;
const sorted = (rows: readonly CallFigures[]): readonly CallFigures[] =>
  [...rows].sort((one, other) => (one.currency < other.currency ? -1 : 1));

describe.each(bothJournals)('rollups in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let journal: Journal;
  let store: RollupStore;
  /** The same store in another process. */
  let other: RollupStore;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    [store, other] = [createRollupStore(tables), createRollupStore(tables)];
    journal = fresh.journalWith([]);
  });
  afterEach(() => journal.close());

  const run = (runId: string, given?: Run): Promise<void> => endedRun(journal, runId, given);
  const total = async (query: Partial<RollupQuery> = {}): Promise<number> =>
    (await store.runs({ ...all, ...query })).reduce((sum, { runs }) => sum + runs, 0);
  const call = (values: StatementValues): Promise<void> =>
    tables.commit([{ sql: callSql, values: { run: 'gone', model: 'big', output: 20, ...values } }]);
  const damage = (start: number, bytes: readonly number[]): Promise<void> =>
    tables.commit([
      {
        sql: 'UPDATE rollup_runs SET durations = @bytes WHERE start = @start',
        values: { start, bytes: Uint8Array.from(bytes) },
      },
    ]);

  it('count a run once, in its minute, hour and day, by its status and origin', async () => {
    await run('a', {
      at: 3 * hour.ms + 5,
      version: 2,
      caller: { principal: 'key:k', key: 'k', channel: 'v1', project: 'p' },
    });
    await run('b', { at: 3 * hour.ms + minute.ms, status: 'failed', caller: { principal: 'user:ada' } });
    await run('c', { at: 3 * hour.ms, status: 'cancelled' });
    expect(await store.step(50)).toEqual({ runs: 3, calls: 0, isCaughtUp: true, isDone: true });
    expect(await store.step(50)).toEqual({ runs: 0, calls: 0, isCaughtUp: true, isDone: true });
    for (const { ms } of [minute, hour, day]) expect(await total({ step: ms })).toBe(3);
    const rows = await store.runs({ ...all, step: minute.ms });
    expect(new Set(rows.map(({ time, status, runs }) => `${runs} ${status} in ${time / minute.ms}`))).toEqual(
      new Set(['1 cancelled in 180', '1 done in 180', '1 failed in 181']),
    );
    const groups = (await store.groups()).map(({ id: _id, ...group }) => group);
    expect(groups).toContainEqual({ project: 'p', workflow: 'w', version: 2, key: 'k', channel: 'v1' });
    expect(JSON.stringify(groups)).not.toContain('ada');
  });

  it('read the other rows when a stored histogram is damaged', async () => {
    await run('r1', { at: 0, ms: 100, workflow: 'w' });
    await run('r2', { at: day.ms, ms: 100, workflow: 'w' });
    await run('r3', { at: 2 * day.ms, ms: 100, workflow: 'w' });
    await countAll(store, 10);
    await damage(0, [1, 2, 255]);
    await damage(day.ms, [255, 255, 1, 0, 0, 0]);
    const counts = new Uint32Array(256);
    for (const row of await store.runs({ ...all, step: day.ms })) addEntries(counts, row.durations);
    expect([countOf(counts), counts[bucketOf(100)]]).toEqual([1, 1]);
  });

  it('equal the totals and percentiles of the journal for any step of reading and counting', async () => {
    let seed = 11;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const durations: number[] = [];
    for (let index = 0; index < 150; index += 1) {
      const ms = Math.round(Math.exp(random() * 12));
      durations.push(ms);
      await run(`r${index}`, { at: Math.floor(random() * 3 * day.ms), ms, workflow: `w${index % 7}` });
      if (index % 40 === 0) await store.step(17);
    }
    await countAll(store, 23);
    const sorted = durations.sort((a, b) => a - b);
    for (const step of [minute.ms, 7 * minute.ms, 2 * hour.ms, day.ms]) {
      const rows = await store.runs({ ...all, step });
      const counts = new Uint32Array(256);
      for (const row of rows) addEntries(counts, row.durations);
      expect(rows.every(({ time }) => time % step === 0)).toBe(true);
      expect([countOf(counts), rows.reduce((sum, row) => sum + row.runs, 0)]).toEqual([150, 150]);
      for (const share of [0.5, 0.95, 0.99]) {
        const exact = sorted[Math.ceil(150 * share) - 1] ?? 0;
        expect(Math.abs((percentileOf(counts, share) ?? 0) / exact - 1)).toBeLessThan(0.045);
      }
    }
  });

  it('add up model calls when they end, even in a run that continues, and no trials', async () => {
    const calls = createModelCalls(tables, { clock: wallClock });
    await call({ started: 0, first: 200, cost: 0.5, currency: 'USD', error: null });
    await call({ started: 10, first: 400, cost: 0.25, currency: 'USD', error: null });
    await call({ started: 20, first: null, cost: null, currency: null, error: 'provider_failed' });
    await calls.keepTrial('small', { inputTokens: 1, outputTokens: 1, totalMs: 5 });
    await countAll(store, 2);
    const found = await store.calls(all);
    expect(
      sorted(found).map(({ model, currency, calls: count, failed, cost }) => [model, currency, count, failed, cost]),
    ).toEqual([
      ['big', '', 1, 1, 0],
      ['big', 'USD', 2, 0, 0.75],
    ]);
    const firstTokens = new Uint32Array(256);
    addEntries(firstTokens, sorted(found)[1]?.firstTokens ?? new Uint32Array());
    expect(countOf(firstTokens)).toBe(2);
    expect(await store.groups()).toMatchObject([{ workflow: 'w', key: 'k', project: 'default' }]);
    expect(await store.calls({ ...all, model: 'other' })).toEqual([]);
  });

  it('group failures by cause, with the newest run of each', async () => {
    await run('a', { status: 'failed', message: "No answer from 'one' after 30 s", node: 'each@1#ada/say' });
    await run('b', { status: 'failed', message: "No answer from 'two' after 7 s", node: 'each@2#bob/say', at: 9_000 });
    await run('c', { status: 'failed', message: 'The key is wrong' });
    await countAll(store);
    const causes = await store.causes({ ...all, limit: 10 });
    expect(causes.map(({ node, runs, lastRun }) => [node, runs, lastRun])).toEqual([
      ['each/say', 2, 'b'],
      ['say', 1, 'c'],
    ]);
    expect(await store.failedRuns({ ...all, limit: 1 })).toEqual(['b']);
    expect(await store.causes({ ...all, groups: [], limit: 10 })).toEqual([]);
  });

  it('remove minutes after two days and hours after 120 days, in small steps', async () => {
    const now = 200 * day.ms;
    await run('old', { at: 10 * day.ms });
    await run('young', { at: now - hour.ms });
    await countAll(store);
    while (await store.prune(now));
    expect(await Promise.all([minute, hour, day].map(({ ms }) => total({ step: ms })))).toEqual([1, 1, 2]);
  });

  it('count each run and call once when two processes count at the same time and more runs end', async () => {
    for (let index = 0; index < 20; index += 1) await run(`r${index}`, { workflow: `w${index % 3}` });
    const free = { first: null, cost: null, currency: null, error: null };
    for (let index = 0; index < 10; index += 1) await call({ ...free, started: index });
    const late = Promise.all(['x', 'y', 'z'].map((id) => run(id)));
    await Promise.all([countAll(store, 7), countAll(other, 5), late]);
    await countAll(store);
    for (const { ms } of [minute, hour, day]) expect(await total({ step: ms })).toBe(23);
    expect((await store.calls(all)).reduce((sum, { calls }) => sum + calls, 0)).toBe(10);
    const names = (await store.groups()).map(({ id: _id, ...group }) => JSON.stringify(group));
    expect(new Set(names).size).toBe(names.length);
    for (const kind of ['queue', 'call_queue']) expect(await tables.all(`SELECT * FROM rollup_${kind}`)).toEqual([]);
  });

  it('count a run that ended later with a lower number', async () => {
    await journal.accept(acceptanceOf('first', { time: 1_000 }), bundleNamed('A'));
    await run('second');
    await countAll(store);
    await appendTo(journal, 'first', [records.runStart(), records.runEnd()]);
    await countAll(store);
    expect(await total()).toBe(2);
  });

  it('name the model that wrote most in a run, and count what the cache saved', async () => {
    const free = { started: 0, first: null, cost: null, currency: null, error: null };
    await call({ ...free, run: 'a', model: 'short', output: 5 });
    await call({ ...free, run: 'a', model: 'long', output: 30 });
    await journal.accept(acceptanceOf('a', { time: 1_000, workflowId: 'w' }), {
      document: { heddle: 2, name: 'Saves', nodes: { c: { type: 'cache', version: 1, config: {} } }, edges: [] },
      workflows: {},
    });
    await appendTo(journal, 'a', [
      records.runStart(),
      {
        type: 'node-decision',
        time: 1_500,
        path: 'c',
        attempt: 1,
        kind: 'cache',
        summary: 'Found.',
        details: { savedCost: 0.5, currency: 'EUR' },
      },
      records.runEnd(),
    ]);
    await tables.commit([{ sql: "UPDATE runs SET input_tokens = 10 WHERE id = 'a'", values: {} }]);
    await countAll(store);
    expect((await store.runs(all)).map(({ model }) => model)).toEqual(['long']);
    expect(await store.savings(all)).toMatchObject([{ source: 'cache', currency: 'EUR', money: 0.5 }]);
  });

  it('find example runs for a figure, in the chosen groups only', async () => {
    await run('quick', { ms: 10 });
    await run('slow', { ms: 900 });
    await run('other', { ms: 9_000, workflow: 'v' });
    await run('later', { at: 50_000 });
    await countAll(store);
    const groups = (await store.groups()).filter(({ workflow }) => workflow === 'w');
    const found = (order: 'newest' | 'slowest' | 'dearest' | 'longest', limit = 9) =>
      store.exampleRuns({ from: 0, to: 40_000, order, limit }, groups);
    expect(await found('slowest')).toEqual(['slow', 'quick']);
    expect(await found('newest', 1)).toEqual(['slow']);
    expect(await found('dearest')).toEqual(['slow', 'quick']);
    expect(await store.exampleRuns({ from: 0, to: 1e15, order: 'longest', limit: 9 }, [])).toEqual([]);
  });
});
