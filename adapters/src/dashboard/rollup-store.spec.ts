import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  addEntries,
  bucketOf,
  countOf,
  percentileOf,
  rollupUnits,
  type RollupQuery,
  type RollupStore,
  type RunRecord,
} from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, records } from '@heddle/core/testing';
import { migrations } from '../database/migrations/migrations.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createModelCalls } from '../routing/index.js';
import { createRetention } from '../stores/retention/retention.js';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { runChild } from '../testing/run-child.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createRollupStore } from './rollup-store.js';

const { minute, hour, day } = rollupUnits;
const all: RollupQuery = { from: 0, to: 1e15, step: day.ms };

describe('rollups', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  let store: RollupStore;
  beforeEach(() => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
    store = createRollupStore(opened.database);
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  interface Run {
    readonly at?: number;
    readonly ms?: number;
    readonly status?: 'done' | 'failed' | 'cancelled';
    readonly workflow?: string;
    readonly message?: string;
    readonly node?: string;
    readonly version?: number;
    readonly caller?: {
      readonly principal: string;
      readonly project?: string;
      readonly key?: string;
      readonly channel?: string;
    };
    readonly more?: readonly RunRecord[];
  }
  async function run(runId: string, given: Run = {}): Promise<void> {
    const {
      at = 1_000,
      ms = 100,
      status = 'done',
      message = 'It broke.',
      node = 'say',
      more = [],
      workflow = 'w',
    } = given;
    const { version, caller } = given;
    await opened.journal.accept(
      acceptanceOf(runId, { time: at, workflowId: workflow, version, caller }),
      bundleNamed('A'),
    );
    const error = { code: 'node_failed', message, retryable: false };
    const failure: RunRecord[] =
      status === 'failed'
        ? [{ type: 'node-error', time: at + ms, path: node, attempt: 1, error, started: at, isCarried: false }]
        : [];
    const end: RunRecord = { type: 'run-end', time: at + ms, status, ...(status === 'failed' ? { error } : {}) };
    await appendTo(opened.journal, runId, [records.runStart(at), ...more, ...failure, end]);
  }
  function countAll(of = store, limit = 50): number {
    let runs = 0;
    for (let step = of.step(limit); ; step = of.step(limit)) {
      runs += step.runs;
      if (step.isDone) return runs;
    }
  }
  const total = (query: Partial<RollupQuery> = {}): number =>
    store.runs({ ...all, ...query }).reduce((sum, { runs }) => sum + runs, 0);
  const execute = (sql: string): void => void opened.database.connection.exec(sql);

  it('counts a run once, in its minute, hour and day, by how it ended and where it came from', async () => {
    await run('a', {
      at: 3 * hour.ms + 5,
      version: 2,
      caller: { principal: 'key:k', key: 'k', channel: 'v1', project: 'p' },
    });
    await run('b', { at: 3 * hour.ms + minute.ms, status: 'failed', caller: { principal: 'user:ada' } });
    await run('c', { at: 3 * hour.ms, status: 'cancelled' });
    expect(store.step(50)).toEqual({ runs: 3, calls: 0, isCaughtUp: true, isDone: true });
    expect(store.step(50)).toEqual({ runs: 0, calls: 0, isCaughtUp: true, isDone: true });
    for (const { ms } of [minute, hour, day]) expect(total({ step: ms })).toBe(3);
    const rows = store.runs({ ...all, step: minute.ms });
    expect(new Set(rows.map(({ time, status, runs }) => `${runs} ${status} in ${time / minute.ms}`))).toEqual(
      new Set(['1 cancelled in 180', '1 done in 180', '1 failed in 181']),
    );
    const groups = store.groups().map(({ id: _id, ...group }) => group);
    expect(groups).toContainEqual({ project: 'p', workflow: 'w', version: 2, key: 'k', channel: 'v1' });
    expect(JSON.stringify(groups)).not.toContain('ada');
  });

  it('reads other rows where a stored histogram is damaged', async () => {
    await run('r1', { at: 0, ms: 100, workflow: 'w' });
    await run('r2', { at: day.ms, ms: 100, workflow: 'w' });
    await run('r3', { at: 2 * day.ms, ms: 100, workflow: 'w' });
    countAll(store, 10);
    execute(`UPDATE rollup_runs SET durations = x'0102ff' WHERE start = 0`);
    execute(`UPDATE rollup_runs SET durations = x'ffff01000000' WHERE start = ${day.ms}`);
    const counts = new Uint32Array(256);
    for (const row of store.runs({ ...all, step: day.ms })) addEntries(counts, row.durations);
    expect([countOf(counts), counts[bucketOf(100)]]).toEqual([1, 1]);
  });

  it('has the totals and percentiles of the journal, whatever the step of the reader and of the counter', async () => {
    let seed = 11;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const durations: number[] = [];
    for (let index = 0; index < 300; index += 1) {
      const ms = Math.round(Math.exp(random() * 12));
      durations.push(ms);
      await run(`r${index}`, { at: Math.floor(random() * 3 * day.ms), ms, workflow: `w${index % 7}` });
      if (index % 40 === 0) store.step(17);
    }
    countAll(store, 23);
    const sorted = durations.sort((a, b) => a - b);
    for (const step of [minute.ms, 7 * minute.ms, 2 * hour.ms, day.ms]) {
      const rows = store.runs({ ...all, step });
      const counts = new Uint32Array(256);
      for (const row of rows) addEntries(counts, row.durations);
      expect(rows.every(({ time }) => time % step === 0)).toBe(true);
      expect([countOf(counts), rows.reduce((sum, row) => sum + row.runs, 0)]).toEqual([300, 300]);
      for (const share of [0.5, 0.95, 0.99]) {
        const exact = sorted[Math.ceil(300 * share) - 1] ?? 0;
        expect(Math.abs((percentileOf(counts, share) ?? 0) / exact - 1)).toBeLessThan(0.045);
      }
    }
  });

  it('counts nothing of a step that the disk refuses, and all of it later', async () => {
    await run('a');
    execute(
      `CREATE TRIGGER full BEFORE INSERT ON rollup_runs WHEN NEW.unit = ${day.ms} BEGIN SELECT raise(ABORT, 'full'); END`,
    );
    expect(() => store.step(50)).toThrow('full');
    expect([total({ step: minute.ms }), store.groups().length, store.lag().since]).toEqual([0, 0, 1_100]);
    execute('DROP TRIGGER full');
    countAll();
    expect([total(), store.groups().length, store.lag().since]).toEqual([1, 1, undefined]);
  });

  it('counts every run once although the process is killed again and again', async () => {
    for (let index = 0; index < 60; index += 1) await run(`r${index}`, { at: index * minute.ms });
    const { file } = opened.database;
    await opened.close();
    for (let kill = 1; kill <= 5; kill += 1) {
      let lines = 0;
      const { signal, errors } = await runChild(new URL('./__fixtures__/rollup-child.js', import.meta.url), [file], {
        onLine: (_line, end) => {
          lines += 1;
          if (lines === kill * 2) end('SIGKILL');
        },
      });
      expect([signal, errors]).toEqual(['SIGKILL', '']);
    }
    opened = openJournal(temporary.folder);
    store = createRollupStore(opened.database);
    expect(total()).toBeGreaterThan(0);
    countAll();
    for (const { ms } of [minute, hour, day]) expect(total({ step: ms })).toBe(60);
  });

  it('keeps its sums when runs are removed, and counts a run once whose number was given before', async () => {
    const retention = createRetention(opened.database);
    await run('a', { status: 'failed', message: 'Secret word' });
    countAll();
    await run('b');
    expect(['a', 'b'].map((id) => retention.remove(id))).toEqual(['removed', 'removed']);
    countAll();
    expect(total()).toBe(1);
    await run('c');
    countAll();
    expect(total()).toBe(2);
    const { connection } = opened.database;
    const stored = ['runs', 'calls', 'causes', 'groups'].map((name) =>
      connection.prepare(`SELECT * FROM rollup_${name}`).all(),
    );
    expect(JSON.stringify(stored)).not.toContain('Secret');
  });

  it('counts what ended before the upgrade after what ends now, in small steps', async () => {
    await opened.close();
    temporary.remove();
    temporary = temporaryFolder();
    const before = migrations.findIndex(({ name }) => name === 'rollups of runs');
    opened = openJournal(temporary.folder, { migrations: migrations.slice(0, before) });
    const model = { runId: 'r', model: 'm', kind: 'generate', started: 5, ms: 10 };
    for (let index = 0; index < 30; index += 1) await run(`old${index}`);
    await opened.journal.accept(acceptanceOf('open', { time: 1_000 }), bundleNamed('A'));
    opened.database.connection
      .prepare(
        `INSERT INTO model_calls (run, path, model, kind, is_local, started, ms, input_tokens, output_tokens, cost, currency)
         VALUES (@runId, '', @model, @kind, 0, @started, @ms, 3, 4, 0.5, 'EUR')`,
      )
      .run(model);
    await opened.close();
    opened = openJournal(temporary.folder);
    store = createRollupStore(opened.database);
    expect(store.lag()).toEqual({ since: undefined, waiting: 30 });
    await appendTo(opened.journal, 'open', [records.runStart(), records.runEnd('done', 9_000)]);
    await run('new', { at: 8_000 });
    expect(store.step(2)).toMatchObject({ runs: 2, isCaughtUp: false });
    expect(store.lag().waiting).toBe(30);
    expect(countAll(store, 7)).toBe(30);
    expect([total(), store.lag().waiting, store.step(10).isDone]).toEqual([32, 0, true]);
    expect(store.calls(all)).toMatchObject([{ model: 'm', calls: 1, inputTokens: 3, cost: 0.5, currency: 'EUR' }]);
  });

  it('adds up calls of models when they end, also of a run that goes on, and no trials', async () => {
    const calls = createModelCalls(sqliteTables(opened.database), { clock: opened.clock });
    const insert = opened.database.connection.prepare(
      `INSERT INTO model_calls (run, workflow, api_key, path, model, kind, is_local, started, ms, first_token_ms, input_tokens, output_tokens, cost, currency, error)
       VALUES ('gone', 'w', 'k', 'say', ?, 'generate', 0, ?, 1000, ?, 10, 20, ?, ?, ?)`,
    );
    insert.run('big', 0, 200, 0.5, 'USD', null);
    insert.run('big', 10, 400, 0.25, 'USD', null);
    insert.run('big', 20, null, null, null, 'provider_failed');
    await calls.keepTrial('small', { inputTokens: 1, outputTokens: 1, totalMs: 5 });
    countAll(store, 2);
    const found = store.calls(all);
    expect(
      found.map(({ model, currency, calls: count, failed, cost }) => [model, currency, count, failed, cost]),
    ).toEqual([
      ['big', '', 1, 1, 0],
      ['big', 'USD', 2, 0, 0.75],
    ]);
    const firstTokens = new Uint32Array(256);
    addEntries(firstTokens, found[1]?.firstTokens ?? new Uint32Array());
    expect(countOf(firstTokens)).toBe(2);
    expect(store.groups()).toMatchObject([{ workflow: 'w', key: 'k', project: 'default' }]);
    expect(store.calls({ ...all, model: 'other' })).toEqual([]);
  });

  it('groups failures by cause, with the newest run of each', async () => {
    await run('a', { status: 'failed', message: "No answer from 'one' after 30 s", node: 'each@1#ada/say' });
    await run('b', { status: 'failed', message: "No answer from 'two' after 7 s", node: 'each@2#bob/say', at: 9_000 });
    await run('c', { status: 'failed', message: 'The key is wrong' });
    countAll();
    const causes = store.causes({ ...all, limit: 10 });
    expect(causes.map(({ node, runs, lastRun }) => [node, runs, lastRun])).toEqual([
      ['each/say', 2, 'b'],
      ['say', 1, 'c'],
    ]);
    expect(store.failedRuns({ ...all, limit: 1 })).toEqual(['b']);
    expect(store.causes({ ...all, groups: [], limit: 10 })).toEqual([]);
  });

  it('removes minutes after two days, hours after 120 days, a small part at a time', async () => {
    const now = 200 * day.ms;
    await run('old', { at: 10 * day.ms });
    await run('young', { at: now - hour.ms });
    countAll();
    while (store.prune(now));
    expect([minute, hour, day].map(({ ms }) => total({ step: ms }))).toEqual([1, 1, 2]);
  });
});
