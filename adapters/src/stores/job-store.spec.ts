import type { JobStore } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createJobStore } from './job-store.js';

describe.each(bothDatabases)('jobs in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  const clock = { time: 10, now: () => clock.time };
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    clock.time = 10;
    subject = await database.reset();
  });
  /** The store of a process that is alone, as at each start. */
  const alone = (): JobStore => createJobStore(subject.one, { clock });
  /** The stores of two processes that work at the same time. */
  const two = (): readonly [JobStore, JobStore] => [
    createJobStore(subject.one, { clock, leaseMs: 100 }),
    createJobStore(subject.other, { clock, leaseMs: 100 }),
  ];

  it('keep progress, result and end', async () => {
    const store = alone();
    const { jobId } = await store.create({ kind: 'ingest', subject: 'handbook' });
    await store.update(jobId, { status: 'running', progress: { documents: 2 } });
    await store.update(jobId, { status: 'done', result: { passages: 40 }, endedAt: 20 });
    expect(await store.get(jobId)).toEqual({
      jobId,
      kind: 'ingest',
      subject: 'handbook',
      status: 'done',
      progress: { documents: 2 },
      result: { passages: 40 },
      createdAt: 10,
      endedAt: 20,
    });
  });

  it('are reported when they do not exist', async () => {
    const store = alone();
    await expect(store.get('none')).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(store.update('none', { status: 'done' })).rejects.toMatchObject({ code: 'job_not_found' });
  });

  it('are listed from the newest, with a limit on those that have ended', async () => {
    const store = alone();
    for (const about of ['a', 'b', 'c']) {
      const { jobId } = await store.create({ kind: 'pull', subject: about });
      await store.update(jobId, { status: 'done', endedAt: 20 });
    }
    expect((await store.list({ limit: 2 })).map((job) => job.subject)).toEqual(['c', 'b']);
    expect((await store.list({ limit: 0 })).map((job) => job.subject)).toEqual([]);
  });

  it('are listed while they have not ended, even with many later jobs of one subject', async () => {
    const store = alone();
    const open = await store.create({ kind: 'reindex', subject: 'handbook' });
    const ended = await store.create({ kind: 'ingest', subject: 'handbook' });
    await store.update(ended.jobId, { status: 'done', endedAt: 20 });
    const syncs: string[] = [];
    for (let time = 0; time < 60; time += 1) {
      const { jobId } = await store.create({ kind: 'sync', subject: 'news' });
      await store.update(jobId, { status: 'done', endedAt: 20 });
      syncs.unshift(jobId);
    }
    const listed = await store.list({ limit: 50, each: 2 });
    expect(listed.map(({ jobId }) => jobId)).toEqual([...syncs.slice(0, 2), ended.jobId, open.jobId]);
    expect((await store.list({ limit: 1, each: 1 })).map(({ jobId }) => jobId)).toEqual([syncs[0], open.jobId]);
  });

  it('are marked as failed when an earlier process left them unfinished, and no others', async () => {
    const store = alone();
    const running = await store.create({ kind: 'pull', subject: 'a' });
    const queued = await store.create({ kind: 'pull', subject: 'b' });
    const done = await store.create({ kind: 'pull', subject: 'c' });
    await store.update(running.jobId, { status: 'running', progress: { bytes: 5 } });
    await store.update(done.jobId, { status: 'done' });
    clock.time = 99;
    const next = alone();
    await next.settle();
    expect(await next.get(running.jobId)).toMatchObject({
      status: 'failed',
      progress: { bytes: 5 },
      endedAt: 99,
      error: { code: 'job_interrupted', retryable: true },
    });
    expect(await next.get(queued.jobId)).toMatchObject({ status: 'failed' });
    expect(await next.get(done.jobId)).toMatchObject({ status: 'done' });
  });

  it('wait when an earlier process left them and their work is known, and count how often a process ended during the work', async () => {
    const store = alone();
    const first = await store.create({ kind: 'ingest', subject: 'a' }, { documents: ['x'] });
    const second = await store.create({ kind: 'ingest', subject: 'b' }, { documents: ['y'] });
    const ended = await store.create({ kind: 'ingest', subject: 'c' }, { documents: ['z'] });
    await store.update(first.jobId, { status: 'running', progress: { done: 1 } });
    await store.update(ended.jobId, { status: 'done', endedAt: 12 });
    const next = alone();
    await next.settle();
    const waiting = { ...first, status: 'queued', progress: { done: 1 } };
    expect(await next.get(first.jobId)).toEqual(waiting);
    expect(await next.leftOver()).toEqual([
      { job: waiting, work: { documents: ['x'] }, starts: 1 },
      { job: second, work: { documents: ['y'] }, starts: 0 },
    ]);
    expect(await next.leftOver()).toEqual([]);
    for (const { jobId } of [first, second]) await next.update(jobId, { status: 'running' });
    await next.gotOn(first.jobId);
    expect((await alone().leftOver()).map(({ starts }) => starts)).toEqual([1, 1]);
  });

  it('run once per key: of two processes, one has the only job of a key until it ends', async () => {
    const [one, other] = two();
    const create = (store: JobStore) => store.create({ kind: 'sync', subject: 'a' }, {}, { only: 'sync a' });
    const made = await Promise.allSettled([create(one), create(other)]);
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(create(one)).rejects.toMatchObject({ code: 'job_exists' });
    expect(await one.openKeys('sync ')).toEqual(new Set(['sync a']));
    expect(await one.openKeys('batch ')).toEqual(new Set());
    const [holder, next] = made[0]?.status === 'fulfilled' ? [one, other] : [other, one];
    const [job] = await one.list();
    const { jobId } = job!;
    expect([await holder.elsewhere('sync a'), await next.elsewhere('sync a')]).toEqual([undefined, jobId]);
    await holder.update(jobId, { status: 'done', endedAt: 20 });
    expect((await create(next)).jobId).not.toBe(jobId);
  });

  it('release their key before they end, for the next job', async () => {
    const store = alone();
    const { jobId } = await store.create({ kind: 'sync', subject: 'a' }, {}, { only: 'sync a' });
    await store.freeKey(jobId);
    await store.create({ kind: 'sync', subject: 'a' }, {}, { only: 'sync a' });
    expect(await alone().leftOver()).toHaveLength(2);
  });

  it('are stored with the writes before them, or not at all', async () => {
    const store = alone();
    const first = [{ sql: "UPDATE jobs SET kind = 'x' WHERE id = 'none'", values: {}, rows: 1 }];
    await expect(store.create({ kind: 'sync', subject: 'a' }, {}, { first })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await store.list()).toEqual([]);
  });

  it('can be taken from another process, which then finds them gone', async () => {
    const [one, other] = two();
    const { jobId } = await one.create({ kind: 'ingest', subject: 'a' }, { documents: [] });
    await one.update(jobId, { status: 'running' });
    expect(await one.takeAway(jobId)).toBe(false);
    expect(await other.takeAway(jobId)).toBe(true);
    expect(await other.takeAway(jobId)).toBe(false);
    expect(await one.renew()).toEqual(new Set());
    await expect(one.update(jobId, { status: 'done', endedAt: 30 })).rejects.toMatchObject({ code: 'conflict' });
    expect(await one.get(jobId)).toMatchObject({ status: 'cancelled', error: { code: 'aborted' } });
    expect(await other.leftOver()).toEqual([]);
  });

  it('belong to one of two processes as long as it renews them', async () => {
    const [one, other] = two();
    const { jobId } = await one.create({ kind: 'ingest', subject: 'a' }, { documents: [] });
    await one.update(jobId, { status: 'running' });
    clock.time += 99;
    expect(await one.renew()).toEqual(new Set([jobId]));
    clock.time += 99;
    expect(await other.leftOver()).toEqual([]);
    clock.time += 1;
    expect(await other.leftOver()).toMatchObject([{ job: { jobId, status: 'queued' }, starts: 1 }]);
    // The process slept, and finds that it has lost the job.
    expect(await one.renew()).toEqual(new Set());
    await expect(one.update(jobId, { status: 'done', endedAt: 1 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(one.letGo(jobId)).rejects.toMatchObject({ code: 'conflict' });
    await one.gotOn(jobId);
    expect(await other.update(jobId, { status: 'running' })).toMatchObject({ status: 'running' });
    clock.time += 101;
    expect(await one.leftOver()).toMatchObject([{ job: { jobId }, starts: 2 }]);
  });

  it('are claimed once by two concurrent processes', async () => {
    const gone = createJobStore(subject.one, { clock, leaseMs: 100 });
    for (let number = 0; number < 6; number += 1)
      await gone.update((await gone.create({ kind: 'ingest', subject: `s${number}` }, {})).jobId, {
        status: 'running',
      });
    const lost = await gone.create({ kind: 'pull', subject: 'without work' });
    clock.time += 100;
    const [one, other] = two();
    const [first, second] = await Promise.all([one.leftOver(), other.leftOver()]);
    const taken = [...first, ...second];
    expect(taken.map(({ job }) => job.subject).sort()).toEqual(['s0', 's1', 's2', 's3', 's4', 's5']);
    expect(new Set(taken.map(({ starts }) => starts))).toEqual(new Set([1]));
    expect(await one.get(lost.jobId)).toMatchObject({ status: 'failed', error: { code: 'job_interrupted' } });
  });

  it('are released to another process at once', async () => {
    const [one, other] = two();
    const { jobId } = await one.create({ kind: 'ingest', subject: 'a' }, { documents: [] });
    await one.update(jobId, { status: 'running' });
    await one.letGo(jobId);
    expect(await other.leftOver()).toMatchObject([{ job: { jobId, status: 'queued' }, starts: 0 }]);
  });
});
