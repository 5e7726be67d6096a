import { openDatabase, sqliteTables, type HeddleDatabase } from '@heddle/adapters/database';
import { createJobStore } from '@heddle/adapters/stores';
import {
  HeddleError,
  toHeddleError,
  type AuditEvent,
  type JobReply,
  type ModelHub,
  type PullProgress,
} from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lazy } from '../common/lazy.js';
import { silentLog } from '../common/log.js';
import { realClock } from '../common/real-clock.js';
import { JobService } from '../jobs/job.service.js';
import { TopicHub } from '../live/topic-hub.js';
import { ModelService } from './model.service.js';
import { pullUntilDone } from './pull-until-done.js';

const cut = () =>
  new HeddleError('no_source', 'No source provided the file: the connection was cut.', { retryable: true });
const progress = (bytes: number, stage: PullProgress['stage'] = 'download'): PullProgress => ({
  model: 'small',
  file: 'model.gguf',
  source: 'hf:a/b',
  total: 100,
  bytes,
  stage,
});

/** A hub whose tries end as given: with this many bytes stored, and with or without an error. */
function tries(...ends: readonly { readonly bytes: number; readonly error?: HeddleError }[]) {
  let made = 0;
  const hub: Pick<ModelHub, 'pull'> = {
    pull: (_id, { onProgress } = {}) => {
      const end = ends[Math.min(made, ends.length - 1)];
      made += 1;
      onProgress?.(progress(0, 'connect'));
      if (end !== undefined && end.bytes > 0) onProgress?.(progress(end.bytes));
      return end?.error === undefined ? Promise.resolve() : Promise.reject(end.error);
    },
  };
  return { hub, made: () => made };
}

describe('a download whose connection breaks off', () => {
  const begin = (hub: Pick<ModelHub, 'pull'>, { hasBegun = false } = {}) => {
    const clock = createFakeClock();
    const stop = new AbortController();
    const reports: Readonly<Record<string, unknown>>[] = [];
    const work = { signal: stop.signal, report: (one: Readonly<Record<string, unknown>>) => void reports.push(one) };
    let end: string | undefined;
    void pullUntilDone('small', { hub, clock, hasBegun }, work).then(
      () => (end = 'done'),
      (error: unknown) => (end = toHeddleError(error, 'aborted').code),
    );
    return { clock, stop, reports, end: () => end };
  };

  it('continues by itself after a while, and shows why it waits and until when', async () => {
    const { hub, made } = tries({ bytes: 40, error: cut() }, { bytes: 0, error: cut() }, { bytes: 100 });
    const { clock, reports, end } = begin(hub);
    await clock.advance(1_000);
    expect([made(), end()]).toEqual([1, undefined]);
    expect(reports.at(-1)).toMatchObject({
      bytes: 40,
      stage: 'connect',
      problem: expect.stringContaining('cut'),
      nextAt: clock.now() + 1_000,
    });
    await clock.advance(1_000);
    expect(made()).toBe(2);
    await clock.advance(10_000);
    expect([made(), end()]).toEqual([3, 'done']);
  });

  it('is given up after the last wait without a new byte, and starts over with the waits after each new byte', async () => {
    const stuck = tries({ bytes: 40, error: cut() });
    const first = begin(stuck.hub);
    await first.clock.advance(3_600_000);
    expect([stuck.made(), first.end()]).toEqual([7, 'no_source']);

    const slow = tries(...Array.from({ length: 20 }, (_, index) => ({ bytes: index + 1, error: cut() })), {
      bytes: 100,
    });
    const second = begin(slow.hub);
    await second.clock.advance(20 * 2_000);
    expect([slow.made(), second.end()]).toEqual([21, 'done']);
  });

  it('fails at once when no byte ever came, or a retry cannot help', async () => {
    for (const [error, bytes] of [
      [cut(), 0],
      [new HeddleError('checksum_mismatch', 'It is another file.'), 40],
    ] as const) {
      const { hub, made } = tries({ bytes, error });
      const { clock, end } = begin(hub);
      await clock.advance(0);
      expect([made(), end()]).toEqual([1, error.code]);
    }
    // An earlier process had begun the download: on a machine that has just started, the network may take a while.
    const { hub } = tries({ bytes: 0, error: cut() }, { bytes: 100 });
    const { clock, end } = begin(hub, { hasBegun: true });
    await clock.advance(2_000);
    expect(end()).toBe('done');
  });

  it('ends during a wait when it is stopped', async () => {
    const { hub, made } = tries({ bytes: 40, error: cut() });
    const { clock, stop, end } = begin(hub);
    await clock.advance(1_000);
    stop.abort();
    await clock.advance(0);
    expect([made(), end()]).toEqual([1, 'aborted']);
  });
});

describe('a download that the end of the process interrupts', () => {
  let folder: string;
  let database: HeddleDatabase;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'heddle-pull-'))));
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes on in the next process, as the same job', async () => {
    const recorded: AuditEvent[] = [];
    const audit = { write: (event: AuditEvent) => Promise.resolve(void recorded.push(event)) };
    const open = (pull: ModelHub['pull']) => {
      database = openDatabase(join(folder, 'heddle.db'));
      const topics = new TopicHub();
      const jobs = new JobService(
        createJobStore(sqliteTables(database), { clock: realClock }),
        topics,
        realClock,
        silentLog,
        audit,
      );
      const hub = { card: () => ({}), pull, watch: () => () => undefined } as unknown as ModelHub; // Only the methods that a download uses.
      return {
        jobs,
        models: new ModelService(
          lazy(() => Promise.resolve(hub)),
          jobs,
          topics,
          realClock,
          audit,
          { speed: () => Promise.resolve(undefined), keepTrial: () => Promise.resolve() },
        ),
      };
    };
    const reaches = async (jobs: JobService, jobId: string, status: JobReply['status']): Promise<void> => {
      while ((await jobs.get(jobId)).status !== status) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const first = open(
      (_id, { signal, onProgress } = {}) =>
        new Promise((_resolve, reject) => {
          const stop = (): void => reject(new HeddleError('aborted', 'It was stopped.'));
          onProgress?.(progress(40));
          if (signal?.aborted === true) stop();
          signal?.addEventListener('abort', stop);
        }),
    );
    const { jobId } = await first.models.pull('small', { who: 'user:a' });
    const details = { step: 'download begun', job: jobId };
    expect(recorded).toEqual([{ kind: 'model', who: 'user:a', subject: 'model:small', details }]);
    await reaches(first.jobs, jobId, 'running');
    await first.jobs.close();
    expect(await first.jobs.get(jobId)).toMatchObject({ status: 'queued' });
    database.close();

    const pulled: string[] = [];
    const second = open((id) => Promise.resolve(void pulled.push(id)));
    await second.jobs.resume(({ job }) => second.models.leftJob(job.subject));
    await reaches(second.jobs, jobId, 'done');
    expect(pulled).toEqual(['small']);
  });
});
