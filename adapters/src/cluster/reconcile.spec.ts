import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptRun, appendTo, records, type SharedJournal } from '@heddle/core/testing';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createSharedDatabase, emptyTables, type SharedDatabase } from '../testing/shared-database.js';
import { wallClock } from '../testing/wall-clock.js';
import { reconcile, type Reconciled } from './reconcile.js';

const bootOf = (number: number): string => `00000000-0000-4000-8000-00000000000${number}`;

describe('one round of the reconciler', () => {
  let postgres: TestDatabase;
  let database: PostgresDatabase;
  let shared: SharedDatabase;
  let process: SharedJournal;
  beforeAll(async () => {
    postgres = await openTestDatabase();
    database = await openPostgres({ url: postgres.url, clock: wallClock, connections: 2 });
  }, 120_000);
  beforeEach(async () => {
    await postgres.query(emptyTables);
    shared = createSharedDatabase();
    process = shared.open(database);
  });
  afterEach(() => shared.close());
  afterAll(async () => {
    await database?.close();
    await postgres?.close();
  });

  const round = (freeSlots: Readonly<Record<string, number>> = { cpu: 10 }): Promise<Reconciled> =>
    reconcile(database, { freeSlots });
  const hinted = ({ hints }: Reconciled): readonly string[] => hints.map(({ runId }) => runId);
  const register = (number: number): Promise<void> =>
    process.workers.register({ name: `w${number}`, boot: bootOf(number), version: '1', capabilities: [], slots: 4 });
  const claim = (runId: string, number: number) =>
    process.claims.claim(runId, { boot: bootOf(number), capabilities: [] });
  /** Moves times in the database into the past. */
  const age = async (what: 'workers.seen_at' | 'runs.ready_at' | 'runs.hinted_at', where = 'true'): Promise<void> => {
    const [table = '', column = ''] = what.split('.');
    await postgres.query(`UPDATE heddle.${table} SET ${column} = ${column} - interval '20 s' WHERE ${where}`);
  };

  it('frees the runs of a worker that stopped renewing, and hints them at once', async () => {
    for (const number of [1, 2]) await register(number);
    for (const [runId, number] of [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ] as const) {
      await acceptRun(process.journal, runId);
      await claim(runId, number);
    }
    expect(await round()).toMatchObject({ dead: [], orphans: [], hints: [] });
    await age('workers.seen_at', `boot = '${bootOf(1)}'`);
    const found = await round();
    expect(found.dead).toEqual([{ boot: bootOf(1), name: 'w1' }]);
    expect([...found.orphans].sort()).toEqual(['a', 'b']);
    expect(found.hints).toEqual([
      { runId: 'a', class: 'cpu', epoch: 1 },
      { runId: 'b', class: 'cpu', epoch: 1 },
    ]);
    expect(await process.workers.renew(bootOf(1))).toBeUndefined();
    expect(await claim('a', 2)).toMatchObject({ epoch: 2 });
    expect(await round()).toMatchObject({ dead: [], orphans: [], hints: [] });
  });

  it('frees a run whose worker was retired during its claim', async () => {
    await register(1);
    await acceptRun(process.journal, 'a');
    await claim('a', 1);
    await postgres.query(`UPDATE heddle.workers SET state = 'retired'`);
    expect((await round()).orphans).toEqual(['a']);
    await register(2);
    await acceptRun(process.journal, 'b');
    await claim('b', 2);
    await postgres.query('DELETE FROM heddle.workers');
    expect((await round()).orphans).toEqual(['b']);
  });

  it('hints runs that have waited without a hint for five seconds, and again when no worker claims them', async () => {
    await register(9);
    await acceptRun(process.journal, 'old');
    await age('runs.ready_at');
    await acceptRun(process.journal, 'new');
    expect(hinted(await round())).toEqual(['old']);
    expect(hinted(await round())).toEqual([]);
    await age('runs.hinted_at');
    expect(hinted(await round())).toEqual(['old']);
  });

  it('hints suspended runs whose timer is due, and no paused, waiting or ended run', async () => {
    await register(9);
    for (const runId of ['due', 'later', 'person', 'paused', 'ended']) await acceptRun(process.journal, runId);
    await appendTo(process.journal, 'due', [records.suspend(1_000)]);
    await appendTo(process.journal, 'later', [records.suspend(Date.now() + 86_400_000)]);
    await appendTo(process.journal, 'person', [records.suspend(undefined)]);
    await appendTo(process.journal, 'paused', [{ type: 'run-pause', time: 1, reason: 'stop' }]);
    await appendTo(process.journal, 'ended', [records.runEnd()]);
    await age('runs.ready_at');
    expect(hinted(await round())).toEqual(['due']);
    expect(hinted(await round())).toEqual([]);
  });

  it('hints twice the free slots of each class, spread over projects and workflows, runs that have started before first', async () => {
    await register(9);
    const caller = (project: string) => ({ principal: 'user:1', project });
    for (let number = 0; number < 9; number += 1)
      await acceptRun(process.journal, `a${number}`, { caller: caller('a'), workflowId: 'many' });
    await acceptRun(process.journal, 'a-few', { caller: caller('a'), workflowId: 'few' });
    await acceptRun(process.journal, 'b0', { caller: caller('b') });
    await acceptRun(process.journal, 'gpu0', { workerClass: 'gpu' });
    await acceptRun(process.journal, 'begun', { caller: caller('a'), workflowId: 'many' });
    await appendTo(process.journal, 'begun', [records.runStart()]);
    await age('runs.ready_at');
    expect(hinted(await round({ cpu: 2, gpu: 0 }))).toEqual(['begun', 'b0', 'a-few', 'a0']);
    const { waiting } = await round({ gpu: 1 });
    expect(waiting).toMatchObject([
      { class: 'cpu', project: 'a', runs: 11 },
      { class: 'cpu', project: 'b', runs: 1 },
      { class: 'gpu', project: '', runs: 1 },
    ]);
    expect(waiting.every(({ oldestMs }) => oldestMs >= 20_000)).toBe(true);
  });

  it('hints no run that no worker can run, so that later runs get hints, until a worker can', async () => {
    await register(9);
    for (let number = 0; number < 6; number += 1)
      await acceptRun(process.journal, `zone${number}`, { needs: ['zone:a'] });
    await acceptRun(process.journal, 'gpu', { workerClass: 'gpu' });
    await acceptRun(process.journal, 'plain');
    await age('runs.ready_at');
    expect(hinted(await round({ cpu: 1, gpu: 1 }))).toEqual(['plain']);
    await process.workers.renew(bootOf(9), ['zone:a']);
    expect(hinted(await round({ cpu: 1, gpu: 1 }))).toEqual(['zone0', 'zone1']);
    await age('workers.seen_at');
    await age('runs.hinted_at');
    expect(hinted(await round({ cpu: 1, gpu: 1 }))).toEqual([]);
  });

  it('counts the free slots of the workers that accept runs, by class', async () => {
    for (let number = 0; number < 12; number += 1) await acceptRun(process.journal, `r${number}`);
    await age('runs.ready_at');
    expect(hinted(await reconcile(database))).toEqual([]);
    for (const [number, classes] of [
      [1, ['cpu', 'gpu']],
      [2, ['gpu']],
      [3, ['cpu']],
    ] as const)
      await process.workers.register({
        name: `w${number}`,
        boot: bootOf(number),
        version: '1',
        capabilities: [],
        classes,
        slots: 2,
      });
    await claim('r0', 1);
    await process.workers.drain(bootOf(3));
    expect(hinted(await reconcile(database))).toEqual(['r1', 'r2']);
  });

  it('hints an answered suspended run again when no worker claims it', async () => {
    await register(9);
    for (const runId of ['answered', 'cancelled']) {
      await acceptRun(process.journal, runId);
      await appendTo(process.journal, runId, [records.suspend(undefined)]);
    }
    const send = (id: number, runId: string, kind: 'answer' | 'cancel') =>
      process.commands.send(bootOf(id), runId, kind === 'answer' ? { kind, requestId: 'q', value: 1 } : { kind });
    await send(1, 'answered', 'answer');
    await send(2, 'answered', 'answer');
    await send(3, 'cancelled', 'cancel');
    expect(hinted(await round())).toEqual([]);
    await postgres.query(`UPDATE heddle.commands SET sent_at = sent_at - interval '20 s'`);
    expect(hinted(await round())).toEqual(['answered']);
    expect(hinted(await round())).toEqual([]);
    await process.commands.settle(bootOf(1), { status: 'done' });
    await postgres.query(`UPDATE heddle.commands SET settled_at = settled_at - interval '2 days'`);
    await round();
    expect(await process.commands.outcome(bootOf(1))).toBeUndefined();
  });

  it('frees and hints each run once when two rounds run at the same time', async () => {
    await register(1);
    for (let number = 0; number < 20; number += 1) {
      await acceptRun(process.journal, `r${number}`);
      await claim(`r${number}`, 1);
    }
    await age('workers.seen_at');
    await register(9);
    const rounds = await Promise.all([round(), round(), round()]);
    expect(rounds.flatMap(({ orphans }) => orphans)).toHaveLength(20);
    expect(new Set(rounds.flatMap(hinted)).size).toBe(20);
    expect((await process.journal.summary('r0')).status).toBe('queued');
  });
});
