import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  isSampled,
  MonitorRequest,
  referenceRuns,
  type JudgedEnd,
  type MonitorStore,
  type RunScoreStore,
  type WaitingRun,
} from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createMonitorStore } from './monitor-store.js';
import { createRunScoreStore } from './run-score-store.js';

const evaluators = [{ kind: 'exact' }];

describe('the store of monitors', () => {
  let folder: string;
  let database: HeddleDatabase;
  let store: MonitorStore;
  let scores: RunScoreStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-'));
    open();
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function open(): void {
    database = openDatabase(join(folder, 'heddle.db'));
    scores = createRunScoreStore(database);
    store = createMonitorStore(database, { clock: createFakeClock(), scores });
  }
  const save = (id: string, setup: object = {}): void =>
    store.save({
      ...{ id, project: 'default', owner: 'local', metrics: [] },
      setup: MonitorRequest.parse({ name: id, workflow: 'w', share: 1, evaluators, ...setup }),
    });
  function run(
    id: string,
    more: { workflow?: string; trigger?: string; caller?: string; version?: number } = {},
  ): void {
    const { workflow = 'w', trigger = 'api', caller, version } = more;
    database.connection.exec("INSERT OR IGNORE INTO bundles VALUES ('b', '{}')");
    database.connection
      .prepare(
        `INSERT INTO runs (id, workflow_id, workflow_name, status, run_trigger, root_id, accepted_at, bundle, acceptance, caller, version)
         VALUES (?, ?, 'W', 'running', ?, ?, 1, 'b', '{}', ?, ?)`,
      )
      .run(id, workflow, trigger, id, caller ?? null, version ?? null);
    database.connection.prepare("UPDATE runs SET status = 'done', ended_at = 2 WHERE id = ?").run(id);
  }
  const end = (more: Partial<JudgedEnd> = {}): JudgedEnd => ({
    ...{ outcome: 'judged', scores: [], cost: 0, isSpent: false, day: 1, at: 5, batches: [] },
    ...more,
  });
  const score = (runId: string, monitorId = 'm') => ({
    ...{ runId, monitorId, metric: 'exact', project: 'default', workflow: 'w', version: undefined, value: 1 },
    ...{ explanation: 'Equal.', cost: 0, tokens: 0, label: 'internal' as const, judgedAt: 5 },
  });
  const next = (id = 'm'): WaitingRun => {
    const found = store.next(id, 1);
    if (found === undefined) throw new Error('Nothing waits.');
    return found;
  };
  const waiting = (id = 'm'): number => store.counts(id).waiting;
  const countOf = (table: string): unknown =>
    database.connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

  it('queues nothing without a monitor that goes on', () => {
    run('before');
    save('m');
    store.setPaused('m', true, 'It rests.');
    run('paused');
    run('other', { workflow: 'v' });
    expect(countOf('monitor_queue')).toBe(0);
    expect(store.get('m')).toMatchObject({ isPaused: true, reason: 'It rests.' });
    store.setPaused('m', false);
    run('r');
    expect(store.take(10, 1)).toBe(1);
    expect(next().runId).toBe('r');
    expect(() => store.get('none')).toThrow("There is no monitor 'none'");
  });

  it('takes the share of runs that fit, and none of those that Heddle makes itself', () => {
    save('m', { share: 0.3, filter: { version: 2, channel: 'share' } });
    save('drafts', { filter: { version: 0 } });
    const caller = (channel: string): string => JSON.stringify({ principal: 'user:a', channel });
    const ids = Array.from({ length: 50 }, (_, at) => `run-${at}`);
    for (const id of ids) run(id, { version: 2, caller: caller('share') });
    run('webhook', { version: 2, caller: caller('webhook') });
    run('draft');
    for (const channel of ['evaluation', 'experiment']) run(channel, { caller: caller(channel) });
    for (const trigger of ['test', 'replay']) run(trigger, { trigger });
    run('damaged', { caller: '{' });
    while (store.take(7, 1) > 0);
    const taken: string[] = [];
    for (let one = store.next('m', 1); one !== undefined; one = store.next('m', 1)) {
      taken.push(one.runId);
      store.finish(one, end());
    }
    expect(taken).toEqual(ids.filter((id) => isSampled(id, 0.3)));
    expect(waiting('drafts')).toBe(2);
  });

  it('forgets no run and stores no score twice, wherever the process ends', () => {
    save('m');
    for (const id of ['a', 'b', 'c']) run(id);
    const again = (): void => {
      database.close();
      open();
    };
    again();
    store.take(2, 1);
    again();
    const first = next();
    // Killed while it is judged: the next process judges it, and the late answer of the first one is dropped.
    again();
    expect(store.finish(next(), end({ scores: [score('a')] }))).toBe(true);
    expect(store.finish(first, end({ scores: [{ ...score('a'), value: 0 }] }))).toBe(false);
    again();
    store.take(2, 1);
    expect(store.finish(next(), end({ scores: [score('b')] }))).toBe(true);
    expect(store.finish(next(), end({ scores: [score('c')] }))).toBe(true);
    expect(scores.since('w', 0, 10).map(({ runId, value }) => [runId, value])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
    expect(store.counts('m')).toMatchObject({ waiting: 0, judged: 3, failed: 0 });
  });

  it('counts what the budget of a day skips', () => {
    save('m', { runsPerDay: 3 });
    for (let at = 0; at < 5; at += 1) run(`r-${at}`);
    store.take(10, 1);
    expect(store.counts('m')).toMatchObject({ waiting: 3, skipped: { budget: 2 } });
    expect(store.finish(next(), end({ cost: 0.5, isSpent: true }))).toBe(true);
    // The budget of the day is spent: waiting runs are skipped, and so are later runs of the same day.
    expect(store.next('m', 1)).toBeUndefined();
    run('late');
    store.take(10, 1);
    expect(store.counts('m')).toMatchObject({ waiting: 0, judged: 1, skipped: { budget: 5, removed: 0 } });
    expect([store.spent('m', 1), store.spent('m', 2)]).toEqual([
      { runs: 3, cost: 0.5 },
      { runs: 0, cost: 0 },
    ]);
    run('tomorrow');
    store.take(10, 2);
    expect(store.next('m', 2)?.runId).toBe('tomorrow');
  });

  it('counts runs that retention removes before they are judged', () => {
    save('m');
    for (const id of ['values', 'gone', 'queued']) run(id);
    store.take(2, 1);
    const first = next();
    database.connection.exec(
      "UPDATE runs SET values_removed_at = 9 WHERE id IN ('values', 'queued'); DELETE FROM runs WHERE id = 'gone'",
    );
    store.take(2, 1);
    expect(store.counts('m')).toMatchObject({ waiting: 0, judged: 0, skipped: { removed: 3 } });
    expect(store.finish(first, end({ scores: [score('values')] }))).toBe(false);
    expect(scores.of('values')).toEqual([]);
  });

  it('drops what is judged for a monitor that was removed meanwhile', () => {
    save('m');
    run('a');
    run('b');
    store.take(10, 1);
    store.finish(next(), end({ scores: [score('a')] }));
    const open = next();
    store.remove('m');
    expect(store.finish(open, end({ scores: [score('b')] }))).toBe(false);
    expect([scores.of('a').length, scores.of('b').length]).toEqual([1, 0]);
    for (const table of ['monitor_runs', 'monitor_counts', 'monitor_days', 'monitor_samples'])
      expect(countOf(table)).toBe(0);
  });

  it('goes with its workflow', () => {
    database.connection.exec("INSERT INTO workflows VALUES ('w', 'w', 1, 1, 1, '{}')");
    save('m');
    database.connection.exec("DELETE FROM workflows WHERE id = 'w'");
    expect(store.list()).toEqual([]);
  });

  const sample = (runId: string, inputLength = 1) => ({
    ...{ runId, inputLength, route: '', label: 'internal' as const, isRefused: false },
    vector: Float32Array.of(0.25, -1),
  });
  function judge(id: string, more: Partial<JudgedEnd> = {}): void {
    run(id);
    store.take(10, 1);
    store.finish(next(), end({ sample: sample(id), ...more }));
  }

  it('keeps a bounded sample of the first runs and of the newest', () => {
    save('m', { runsPerDay: 1_000 });
    for (let at = 0; at < referenceRuns; at += 1) judge(`old-${at}`);
    expect(store.get('m').drift.isReferenceFull).toBe(true);
    for (let at = 0; at < 250; at += 1) judge(`new-${at}`);
    expect(store.sampleCounts('m')).toEqual({ reference: 200, current: 200 });
    const { reference, current, last } = store.samples('m');
    expect(reference.every(({ runId }) => runId.startsWith('old-'))).toBe(true);
    expect([current[0]?.runId, current.at(-1)?.runId]).toEqual(['new-50', 'new-249']);
    expect(current[0]).toEqual({ ...sample('new-50'), label: undefined });
    store.setDrift('m', { ...store.get('m').drift, afterSample: last, checkedAt: 7 });
    judge('newest');
    expect(store.samples('m').current.map(({ runId }) => runId)).toEqual(['newest']);
    store.renewReference('m');
    expect(store.sampleCounts('m')).toEqual({ reference: 200, current: 0 });
    expect(store.get('m').drift).toEqual({ isReferenceFull: true, afterSample: 0, findings: [] });
  });

  it('erases what it kept of a run with its values, with the run, and with its conversation', () => {
    save('m');
    for (const id of ['values', 'gone', 'kept']) judge(id);
    judge('talk', { batches: ['b1'] });
    judge('scored', { batches: ['b1'], scores: [score('scored')] });
    database.connection.exec(`
      UPDATE runs SET values_removed_at = 9 WHERE id = 'values';
      DELETE FROM runs WHERE id = 'gone';
      INSERT INTO conversation_batches (conversation, batch) VALUES (1, 'b1');
      DELETE FROM conversation_batches`);
    expect(store.samples('m').reference.map(({ runId }) => runId)).toEqual(['kept']);
    expect(scores.of('scored')).toEqual([]);
    expect(countOf('run_score_batches')).toBe(0);
  });

  it('finds the next run from an index', () => {
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
