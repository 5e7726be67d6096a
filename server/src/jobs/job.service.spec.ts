import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, sqliteTables, type HeddleDatabase } from '@heddle/adapters/database';
import { createJobStore } from '@heddle/adapters/stores';
import { HeddleError, type AuditEvent, type JobReply, type AbandonedJob } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../common/log.js';
import { realClock } from '../common/real-clock.js';
import { TopicHub } from '../live/topic-hub.js';
import { JobService, type JobRequest, type JobWork } from './job.service.js';

const never = ({ signal }: JobWork): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('JobService', () => {
  let folder: string;
  let database: HeddleDatabase;
  let service: JobService;
  let recorded: AuditEvent[] = [];
  const audit = { write: (event: AuditEvent) => Promise.resolve(void recorded.push(event)) };
  const open = (...limit: [number?]): JobService => {
    database = openDatabase(join(folder, 'heddle.db'));
    return new JobService(
      createJobStore(sqliteTables(database), { clock: realClock }),
      new TopicHub(),
      realClock,
      silentLog,
      audit,
      ...limit,
    );
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-jobs-'));
    service = open();
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const request = (run: JobRequest['run'], work?: unknown): JobRequest => ({
    kind: 'ingest',
    subject: 'words',
    run,
    ...(work === undefined ? {} : { work }),
  });
  /** Ends the process as in a crash: what it wrote stays, and its work is never reported. */
  const crash = (...limit: [number?]): void => {
    database.close();
    service = open(...limit);
  };
  const until = async (jobId: string, isSo: (job: JobReply) => boolean): Promise<JobReply> => {
    for (;;) {
      const job = await service.get(jobId);
      if (isSo(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const running = ({ status }: JobReply): boolean => status === 'running';
  const ended = ({ endedAt }: JobReply): boolean => endedAt !== undefined;

  it.each(['storage_full', 'database_unreachable'] as const)('stores the end of a job after %s', async (code) => {
    const store = createJobStore(sqliteTables(database), { clock: realClock });
    let refusals = 2;
    const refusing: typeof store = {
      ...store,
      update: async (jobId, change) => {
        if (change.endedAt !== undefined && refusals-- > 0)
          throw new HeddleError(code, 'It is away.', { retryable: true });
        return store.update(jobId, change);
      },
    };
    service = new JobService(refusing, new TopicHub(), realClock, silentLog, audit);
    const { jobId } = await service.start(request(() => Promise.resolve('words')));
    expect(await until(jobId, ended)).toMatchObject({ status: 'done', result: 'words' });
    expect(refusals).toBe(-1);
  });

  it.each([
    'storage_full',
    'database_unreachable',
    'bucket_unreachable',
    'vector_store_unreachable',
    'vector_store_failed',
  ] as const)('waits with a resumable job during %s, and shows the reason', async (code) => {
    let refusals = 2;
    const received: string[] = [];
    const { jobId } = await service.start(
      request(() => {
        if (refusals-- > 0) throw new HeddleError(code, 'It is away.', { retryable: true });
        return Promise.resolve('words');
      }, {}),
    );
    const job = await until(jobId, (now) => {
      received.push(String(now.progress['waits']));
      return ended(now);
    });
    expect(job).toMatchObject({ status: 'done', result: 'words' });
    expect(received).toContain('It is away.');
  });

  it('cancels a job that waits for the store at once, and fails one that cannot be resumed', async () => {
    const refuse = (): never => {
      throw new HeddleError('storage_failed', 'The disk cannot be read.', { retryable: true });
    };
    const waiting = await service.start(request(refuse, {}));
    await until(waiting.jobId, ({ progress }) => progress['waits'] !== undefined);
    await service.cancel(waiting.jobId);
    expect(await until(waiting.jobId, ended)).toMatchObject({ status: 'cancelled' });
    const failed = await service.start(request(refuse));
    expect(await until(failed.jobId, ended)).toMatchObject({ status: 'failed', error: { code: 'storage_failed' } });
  });

  it('does not wait for a vector server with a permanent fault', async () => {
    const refuse = (): never => {
      throw new HeddleError('vector_store_failed', 'It has no pgvector.', { retryable: false });
    };
    const { jobId } = await service.start(request(refuse, {}));
    expect(await until(jobId, ended)).toMatchObject({ status: 'failed', error: { code: 'vector_store_failed' } });
  });

  it('continues a job of an earlier process, as the same job, and not after its end', async () => {
    const { jobId } = await service.start(request(never, { documents: ['a'] }));
    await until(jobId, running);
    crash();
    const found: AbandonedJob[] = [];
    const resume = () =>
      service.resume((left) => {
        found.push(left);
        return request(() => Promise.resolve({ passages: 2 }), left.work);
      });
    await resume();
    expect(await until(jobId, ended)).toMatchObject({ status: 'done', result: { passages: 2 } });
    expect(found).toMatchObject([{ job: { jobId }, work: { documents: ['a'] } }]);
    crash();
    await resume();
    expect(found).toHaveLength(1);
  });

  it('leaves a resumable job to the next start when it closes, and stops one that cannot be resumed', async () => {
    const kept = await service.start(request(never, {}));
    const behind = await service.start(request(never, {}));
    const stopped = await service.start({ ...request(never), queue: 'other' });
    await until(kept.jobId, running);
    await until(stopped.jobId, running);
    await service.close();
    expect(await service.get(kept.jobId)).toMatchObject({ status: 'queued' });
    expect(await service.get(behind.jobId)).toMatchObject({ status: 'queued' });
    expect(await service.get(stopped.jobId)).toMatchObject({ status: 'cancelled' });
    crash();
    const subjects: string[] = [];
    await service.resume(({ job }) => {
      subjects.push(job.jobId);
      return request(() => Promise.resolve(null), {});
    });
    expect(subjects).toEqual([kept.jobId, behind.jobId]);
    await until(behind.jobId, ended);
  });

  it('reports the last progress at the end of a job', async () => {
    const { jobId } = await service.start(
      request(({ report }) => {
        for (const done of [1, 2, 3]) report({ done });
        return Promise.resolve(null);
      }),
    );
    expect(await until(jobId, ended)).toMatchObject({ status: 'done', progress: { done: 3 } });
  });

  it('does not continue a job that was cancelled', async () => {
    const { jobId } = await service.start(request(never, {}));
    await until(jobId, running);
    recorded = [];
    await service.cancel(jobId, { who: 'user:a', project: 'p' });
    const about = { who: 'user:a', project: 'p', subject: `job:${jobId}` };
    expect(recorded).toEqual([{ kind: 'job', ...about, details: { step: 'cancelled' } }]);
    expect(await until(jobId, ended)).toMatchObject({ status: 'cancelled' });
    crash();
    await service.resume(() => {
      throw new Error('There is nothing to go on with.');
    });
  });

  it('starts in spite of a fault of the store', async () => {
    const { jobId } = await service.start(request(never, {}));
    await until(jobId, running);
    crash();
    await createJobStore(sqliteTables(database), { clock: realClock }).settle();
    database.connection.exec("CREATE TRIGGER full BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'full'); END");
    await service.resume(() => request(never, {}));
    expect(await service.get(jobId)).toMatchObject({ status: 'queued' });
  });

  it('gives up on a job that ends the process three times without progress', async () => {
    const { jobId } = await service.start(request(never, {}));
    const resume = (run: JobRequest['run']) => service.resume(() => request(run, {}));
    await until(jobId, running);
    for (let start = 0; start < 3; start += 1) {
      crash();
      await resume(never);
      await until(jobId, running);
    }
    crash();
    await resume(never);
    expect(await until(jobId, ended)).toMatchObject({ status: 'failed', error: { code: 'job_interrupted' } });
  });

  it('does not give up on a job that only waited behind the one that ends the process', async () => {
    const { jobId } = await service.start(request(never, {}));
    const behind = await service.start(request(() => Promise.resolve({ passages: 1 }), {}));
    for (let start = 0; start < 4; start += 1) {
      await until(jobId, running);
      crash();
      await service.resume(({ job }) =>
        request(job.jobId === jobId ? never : () => Promise.resolve({ passages: 1 }), {}),
      );
    }
    expect(await until(jobId, ended)).toMatchObject({ status: 'failed', error: { code: 'job_interrupted' } });
    expect(await until(behind.jobId, ended)).toMatchObject({ status: 'done', result: { passages: 1 } });
  });

  it('never gives up without a limit', async () => {
    const { jobId } = await service.start(request(never, {}));
    for (let start = 0; start < 5; start += 1) {
      await until(jobId, running);
      crash(0);
      await service.resume(() => request(start < 4 ? never : () => Promise.resolve(null), {}));
    }
    expect(await until(jobId, ended)).toMatchObject({ status: 'done' });
  });

  it('resets the count once a job makes progress', async () => {
    const { jobId } = await service.start(request(never, {}));
    const resume = (run: JobRequest['run']) => service.resume(() => request(run, {}));
    const working = (work: JobWork): Promise<never> => {
      work.report({ done: 1 });
      return never(work);
    };
    for (let start = 0; start < 5; start += 1) {
      crash();
      await resume(working);
      await until(jobId, ({ status, progress }) => status === 'running' && progress['done'] === 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    crash();
    await resume(() => Promise.resolve(null));
    expect(await until(jobId, ended)).toMatchObject({ status: 'done' });
  });
});
