import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  isSampled,
  MonitorRequest,
  referenceRuns,
  type Journal,
  type JudgedEnd,
  type MonitorStore,
  type RunAcceptance,
  type RunCaller,
  type RunScoreStore,
  type Tables,
  type WaitingRun,
} from '@heddle/core';
import { acceptanceOf, bundleNamed, createFakeClock } from '@heddle/core/testing';
import { join } from 'node:path';
import { FolderBlobs } from '../blobs/index.js';
import { addWorkflow } from '../channels/__fixtures__/channel-rows.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createSqliteJournal } from '../journal/sqlite-journal.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { wallClock } from '../testing/wall-clock.js';
import { sampleBody, vectorBytes } from './monitor-rows.js';
import { createMonitorStore } from './monitor-store.js';
import { createRunScoreStore } from './run-score-store.js';

const evaluators = [{ kind: 'exact' }];
const monitorOf = (id: string, setup: object = {}) => ({
  id,
  project: 'default',
  owner: 'local',
  metrics: [],
  setup: MonitorRequest.parse({ name: id, workflow: 'w', share: 1, evaluators, ...setup }),
});
const end = (more: Partial<JudgedEnd> = {}): JudgedEnd => ({
  outcome: 'judged',
  scores: [],
  cost: 0,
  isSpent: false,
  day: 1,
  at: 5,
  batches: [],
  ...more,
});
const score = (runId: string, monitorId = 'm') => ({
  runId,
  monitorId,
  metric: 'exact',
  project: 'default',
  workflow: 'w',
  version: undefined,
  value: 1,
  explanation: 'Equal.',
  cost: 0,
  tokens: 0,
  label: 'internal' as const,
  judgedAt: 5,
});
const sample = (runId: string, inputLength = 1) => ({
  runId,
  inputLength,
  route: '',
  label: 'internal' as const,
  isRefused: false,
  vector: Float32Array.of(0.25, -1),
});

describe.each(bothJournals)('the store of monitors in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let journal: Journal;
  let store: MonitorStore;
  /** The same store in another process. */
  let theirs: MonitorStore;
  let scores: RunScoreStore;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    journal = fresh.journalWith([]);
    scores = createRunScoreStore(tables);
    again();
    theirs = createMonitorStore(tables, { clock: createFakeClock(), scores });
  });
  afterEach(() => journal.close());

  /** Starts a new process, which has only what is stored. */
  function again(): void {
    store = createMonitorStore(tables, { clock: createFakeClock(), scores });
  }
  const execute = (sql: string): Promise<void> => tables.commit([{ sql, values: {} }]);
  const save = (id: string, setup: object = {}): Promise<void> => tables.commit(store.write.save(monitorOf(id, setup)));
  async function run(
    id: string,
    more: { workflow?: string; trigger?: RunAcceptance['trigger']; caller?: RunCaller; version?: number } = {},
  ): Promise<void> {
    const { workflow = 'w', trigger = 'api', caller, version } = more;
    const of = acceptanceOf(id, {
      workflowId: workflow,
      trigger,
      ...(caller && { caller }),
      ...(version && { version }),
    });
    await journal.accept(of, bundleNamed('W'));
    await journal.append(id, [{ type: 'run-end', time: 2, status: 'done' }]);
  }
  const next = async (id = 'm'): Promise<WaitingRun> => {
    const found = await store.next(id, 1);
    if (found === undefined) throw new Error('Nothing waits.');
    return found;
  };
  const waiting = async (id = 'm'): Promise<number> => (await store.counts(id)).waiting;
  const countOf = async (table: string): Promise<number | undefined> =>
    (await tables.get<{ readonly count: number }>(`SELECT count(*) AS count FROM ${table}`))?.count;

  it('queues nothing without a running monitor', async () => {
    await run('before');
    await save('m');
    await tables.commit(store.write.setPaused('m', true, 'It rests.'));
    await run('paused');
    await run('other', { workflow: 'v' });
    expect(await countOf('monitor_queue')).toBe(0);
    expect(await store.get('m')).toMatchObject({ isPaused: true, reason: 'It rests.' });
    await tables.commit(store.write.setPaused('m', false));
    await run('r');
    expect(await store.take(10, 1)).toBe(1);
    expect((await next()).runId).toBe('r');
    await expect(store.get('none')).rejects.toThrow("There is no monitor 'none'");
  });

  it('takes the configured share of the matching runs, and no runs that Heddle makes itself', async () => {
    await save('m', { share: 0.3, filter: { version: 2, channel: 'share' } });
    await save('drafts', { filter: { version: 0 } });
    const caller = (channel: string): RunCaller => ({ principal: 'user:a', project: 'default', channel });
    const ids = Array.from({ length: 50 }, (_, at) => `run-${at}`);
    for (const id of ids) await run(id, { version: 2, caller: caller('share') });
    await run('webhook', { version: 2, caller: caller('webhook') });
    await run('draft');
    for (const channel of ['evaluation', 'experiment']) await run(channel, { caller: caller(channel) });
    for (const trigger of ['test', 'replay'] as const) await run(trigger, { trigger });
    await run('damaged');
    await execute("UPDATE runs SET caller = '{' WHERE id = 'damaged'");
    while ((await store.take(7, 1)) > 0);
    const taken: string[] = [];
    for (let one = await store.next('m', 1); one !== undefined; one = await store.next('m', 1)) {
      taken.push(one.runId);
      await store.finish(one, end());
    }
    expect(taken).toEqual(ids.filter((id) => isSampled(id, 0.3)));
    expect(await waiting('drafts')).toBe(2);
  });

  it('loses no run and stores no score twice, wherever the process ends', async () => {
    await save('m');
    for (const id of ['a', 'b', 'c']) await run(id);
    again();
    await store.take(2, 1);
    again();
    const first = await next();
    // The process is killed during the judgement: the next process judges the run, and the late answer of the first is dropped.
    again();
    expect(await store.finish(await next(), end({ scores: [score('a')] }))).toBe(true);
    expect(await store.finish(first, end({ scores: [{ ...score('a'), value: 0 }] }))).toBe(false);
    again();
    await store.take(2, 1);
    expect(await store.finish(await next(), end({ scores: [score('b')] }))).toBe(true);
    expect(await store.finish(await next(), end({ scores: [score('c')] }))).toBe(true);
    for (const id of ['a', 'b', 'c']) expect(await scores.of(id)).toMatchObject([{ value: 1 }]);
    expect(await store.counts('m')).toMatchObject({ waiting: 0, judged: 3, failed: 0 });
  });

  it('counts the runs that the budget of a day skips', async () => {
    await save('m', { runsPerDay: 3 });
    for (let at = 0; at < 5; at += 1) await run(`r-${at}`);
    await store.take(10, 1);
    expect(await store.counts('m')).toMatchObject({ waiting: 3, skipped: { budget: 2 } });
    expect(await store.finish(await next(), end({ cost: 0.5, isSpent: true }))).toBe(true);
    // The budget of the day is spent: waiting runs are skipped, and so are later runs of the same day.
    expect(await store.next('m', 1)).toBeUndefined();
    await run('late');
    await store.take(10, 1);
    expect(await store.counts('m')).toMatchObject({ waiting: 0, judged: 1, skipped: { budget: 5, removed: 0 } });
    expect([await store.spent('m', 1), await store.spent('m', 2)]).toEqual([
      { runs: 3, cost: 0.5 },
      { runs: 0, cost: 0 },
    ]);
    await run('tomorrow');
    await store.take(10, 2);
    expect((await store.next('m', 2))?.runId).toBe('tomorrow');
  });

  it('counts runs that retention removes before they are judged', async () => {
    await save('m');
    for (const id of ['values', 'gone', 'queued']) await run(id);
    await store.take(2, 1);
    const first = await next();
    await execute("UPDATE runs SET values_removed_at = 9 WHERE id IN ('values', 'queued')");
    await execute("DELETE FROM runs WHERE id = 'gone'");
    await store.take(2, 1);
    expect(await store.counts('m')).toMatchObject({ waiting: 0, judged: 0, skipped: { removed: 3 } });
    expect(await store.finish(first, end({ scores: [score('values')] }))).toBe(false);
    expect(await scores.of('values')).toEqual([]);
  });

  it('drops the score for a monitor that was removed meanwhile', async () => {
    await save('m');
    await run('a');
    await run('b');
    await store.take(10, 1);
    await store.finish(await next(), end({ scores: [score('a')] }));
    const open = await next();
    await tables.commit(store.write.remove('m'));
    expect(await store.finish(open, end({ scores: [score('b')] }))).toBe(false);
    expect([(await scores.of('a')).length, (await scores.of('b')).length]).toEqual([1, 0]);
    for (const table of ['monitor_runs', 'monitor_counts', 'monitor_days', 'monitor_samples'])
      expect(await countOf(table)).toBe(0);
  });

  it('is deleted with its workflow', async () => {
    await addWorkflow(tables, 'w');
    await save('m');
    await execute("DELETE FROM workflows WHERE id = 'w'");
    expect(await store.list()).toEqual([]);
  });

  async function judge(id: string, more: Partial<JudgedEnd> = {}): Promise<void> {
    await run(id);
    await store.take(10, 1);
    await store.finish(await next(), end({ sample: sample(id), ...more }));
  }

  /** Inserts samples directly, in place of many runs. */
  const seed = (name: string, from: number, to: number, isReference: number): Promise<void> =>
    tables.commit(
      Array.from({ length: to - from + 1 }, (_, at) => {
        const run = `${name}-${from + at}`;
        const vector = vectorBytes(sample(run).vector);
        return {
          sql: `INSERT INTO monitor_samples (monitor, run, is_reference, label, body, vector)
            VALUES ('m', @run, @isReference, 'internal', @body, @vector)`,
          values: { run, isReference, body: sampleBody(sample(run)), vector },
        };
      }),
    );

  it('keeps a bounded sample of the first runs and of the newest runs', async () => {
    await save('m', { runsPerDay: 1_000 });
    await judge('old-0');
    await seed('old', 1, referenceRuns - 2, 1);
    expect((await store.get('m')).drift.isReferenceFull).toBe(false);
    await judge(`old-${referenceRuns - 1}`);
    expect((await store.get('m')).drift.isReferenceFull).toBe(true);
    await seed('new', 0, 48, 0);
    await judge('new-49');
    await seed('new', 50, 248, 0);
    await judge('new-249');
    expect(await store.sampleCounts('m')).toEqual({ reference: 200, current: 200 });
    const { reference, current, last } = await store.samples('m');
    expect(reference.every(({ runId }) => runId.startsWith('old-'))).toBe(true);
    expect([current[0]?.runId, current.at(-1)?.runId]).toEqual(['new-50', 'new-249']);
    const { label: _label, ...kept } = sample('new-50');
    expect(current[0]).toEqual(kept);
    await store.changeDrift('m', (drift) => ({ ...drift, afterSample: last, checkedAt: 7 }));
    await judge('newest');
    expect((await store.samples('m')).current.map(({ runId }) => runId)).toEqual(['newest']);
    await tables.commit(store.write.renewReference('m'));
    expect(await store.sampleCounts('m')).toEqual({ reference: 200, current: 0 });
    expect((await store.get('m')).drift).toEqual({ isReferenceFull: true, afterSample: 0, findings: [] });
  });

  it('erases its sample of a run with the values of the run, and with the run', async () => {
    await save('m');
    for (const id of ['values', 'gone', 'kept']) await judge(id);
    await execute("UPDATE runs SET values_removed_at = 9 WHERE id = 'values'");
    await execute("DELETE FROM runs WHERE id = 'gone'");
    expect((await store.samples('m')).reference.map(({ runId }) => runId)).toEqual(['kept']);
  });

  it('gives each run to one of several concurrent processes', async () => {
    await save('m');
    for (const id of ['a', 'b', 'c']) await run(id);
    const taken = await Promise.all([theirs.take(2, 1), store.take(2, 1), theirs.take(2, 1)]);
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(await waiting()).toBe(3);
    const first = await next();
    const ends = [theirs, store].map((one, value) =>
      one.finish(first, end({ cost: 0.5, scores: [{ ...score('a'), value }], sample: sample('a') })),
    );
    expect((await Promise.all(ends)).sort()).toEqual([false, true]);
    expect(await store.counts('m')).toMatchObject({ waiting: 2, judged: 1 });
    expect((await store.spent('m', 1)).cost).toBe(0.5);
    await Promise.all([
      store.changeDrift('m', (drift) => ({ ...drift, checkedAt: 7 })),
      theirs.changeDrift('m', (drift) => ({ ...drift, vectorError: 'model_unknown' })),
    ]);
    expect((await store.get('m')).drift).toMatchObject({ checkedAt: 7, vectorError: 'model_unknown' });
  });
});

describe('monitors in heddle.db', () => {
  const temporary = temporaryFolder();
  let database: HeddleDatabase;
  beforeAll(() => {
    database = openDatabase(join(temporary.folder, 'heddle.db'));
  });
  afterAll(() => {
    database.close();
    temporary.remove();
  });

  it('delete their samples with what the runs wrote into conversations', async () => {
    const tables = sqliteTables(database);
    const scores = createRunScoreStore(tables);
    const store = createMonitorStore(tables, { clock: createFakeClock(), scores });
    await tables.commit(store.write.save(monitorOf('m')));
    const journal = createSqliteJournal(database, {
      blobs: new FolderBlobs(join(temporary.folder, 'blobs')),
      clock: wallClock,
      projections: [],
    });
    for (const id of ['talk', 'scored', 'kept']) {
      await journal.accept(acceptanceOf(id, { workflowId: 'w', trigger: 'api' }), bundleNamed('W'));
      await journal.append(id, [{ type: 'run-end', time: 2, status: 'done' }]);
      await store.take(1, 1);
      const waiting = await store.next('m', 1);
      const of = {
        sample: sample(id),
        scores: id === 'scored' ? [score(id)] : [],
        batches: [id === 'kept' ? 'b2' : 'b1'],
      };
      expect(await store.finish(waiting!, end(of))).toBe(true);
    }
    database.connection.exec(`
      INSERT INTO conversation_batches (conversation, batch) VALUES (1, 'b1');
      DELETE FROM conversation_batches`);
    expect((await store.samples('m')).reference.map(({ runId }) => runId)).toEqual(['kept']);
    expect(await scores.of('scored')).toEqual([]);
    expect(await tables.all('SELECT batch FROM run_score_batches')).toEqual([{ batch: 'b2' }]);
    await journal.close();
  });

  it('find the next run from an index', () => {
    const plan = database.connection
      .prepare(
        `EXPLAIN QUERY PLAN SELECT monitor_runs.number FROM monitor_runs JOIN runs ON runs.number = monitor_runs.run
         WHERE monitor = 'm' ORDER BY monitor_runs.number LIMIT 1`,
      )
      .all()
      .map((row) => (row as { detail: string }).detail);
    expect(plan.join('\n')).toMatch(/SEARCH monitor_runs USING INDEX monitor_runs_waiting/);
    expect(plan.join('\n')).not.toMatch(/SCAN|TEMP B-TREE/);
  });
});
