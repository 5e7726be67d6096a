import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createJobStore } from './job-store.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';

describe('createJobStore', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  beforeEach(() => {
    temporary = temporaryFolder();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    temporary.remove();
  });

  it('keeps progress, result and end of a job', async () => {
    const store = createJobStore(database, { now: () => 10 });
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

  it('says when a job does not exist', async () => {
    const store = createJobStore(database, { now: () => 10 });
    await expect(store.get('none')).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(store.update('none', { status: 'done' })).rejects.toMatchObject({ code: 'job_not_found' });
  });

  it('lists the newest first, at most so many', async () => {
    const store = createJobStore(database, { now: () => 10 });
    for (const subject of ['a', 'b', 'c']) await store.create({ kind: 'pull', subject });
    expect((await store.list({ limit: 2 })).map((job) => job.subject)).toEqual(['c', 'b']);
  });

  it('marks as failed what an earlier process left unfinished, and nothing else', async () => {
    const store = createJobStore(database, { now: () => 10 });
    const [running, queued, done] = [
      await store.create({ kind: 'pull', subject: 'a' }),
      await store.create({ kind: 'pull', subject: 'b' }),
      await store.create({ kind: 'pull', subject: 'c' }),
    ];
    await store.update(running.jobId, { status: 'running', progress: { bytes: 5 } });
    await store.update(done.jobId, { status: 'done' });
    database.close();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
    const next = createJobStore(database, { now: () => 99 });
    expect(await next.get(running.jobId)).toMatchObject({
      status: 'failed',
      progress: { bytes: 5 },
      endedAt: 99,
      error: { code: 'job_interrupted', retryable: true },
    });
    expect(await next.get(queued.jobId)).toMatchObject({ status: 'failed' });
    expect(await next.get(done.jobId)).toMatchObject({ status: 'done' });
  });

  it('lets what an earlier process left wait, where its work is known, and counts how often a process ended while it worked', async () => {
    const store = createJobStore(database, { now: () => 10 });
    const [first, second, ended] = [
      await store.create({ kind: 'ingest', subject: 'a' }, { documents: ['x'] }),
      await store.create({ kind: 'ingest', subject: 'b' }, { documents: ['y'] }),
      await store.create({ kind: 'ingest', subject: 'c' }, { documents: ['z'] }),
    ];
    await store.update(first.jobId, { status: 'running', progress: { done: 1 } });
    await store.update(ended.jobId, { status: 'done', endedAt: 12 });
    const startAgain = () => {
      database.close();
      database = openDatabase(join(temporary.folder, 'heddle.db'));
      return createJobStore(database, { now: () => 99 });
    };
    const next = startAgain();
    const waiting = { ...first, status: 'queued', progress: { done: 1 } };
    expect(await next.get(first.jobId)).toEqual(waiting);
    expect(await next.leftOver()).toEqual([
      { job: waiting, work: { documents: ['x'] }, starts: 1 },
      { job: second, work: { documents: ['y'] }, starts: 0 },
    ]);
    for (const { jobId } of [first, second]) await next.update(jobId, { status: 'running' });
    await next.gotOn(first.jobId);
    expect((await startAgain().leftOver()).map(({ starts }) => starts)).toEqual([1, 1]);
  });
});
