import { randomUUID } from 'node:crypto';
import { HeddleError, JobReply, toErrorValue, type Clock, type JobStore } from '@heddle/core';
import { answer } from '../answer.js';
import type { HeddleDatabase } from '../open-database.js';
import { withStorageErrors } from '../storage-error.js';

/** A row of `jobs`; its types are enforced by the STRICT table, its JSON by JobReply. */
interface Row {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly subject: string;
  readonly progress: string;
  readonly result: string | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
}

/**
 * Jobs in heddle.db. Jobs that an earlier process left unfinished are marked as failed here (`job_interrupted`), because
 * nobody works on them any more.
 *
 * @example const jobs = createJobStore(database, clock);
 */
export function createJobStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): JobStore {
  const { connection, file } = database;
  const insert = connection.prepare<Row>(
    'INSERT INTO jobs (id, kind, status, subject, progress, result, error, created_at, ended_at) VALUES (@id, @kind, @status, @subject, @progress, @result, @error, @created_at, @ended_at)',
  );
  const byId = connection.prepare<[string], Row>('SELECT * FROM jobs WHERE id = ?');
  const newest = connection.prepare<[number], Row>('SELECT * FROM jobs ORDER BY number DESC LIMIT ?');
  const update = connection.prepare<Row>(
    'UPDATE jobs SET status = @status, progress = @progress, result = @result, error = @error, ended_at = @ended_at WHERE id = @id',
  );
  const write = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  failInterrupted(database, clock.now());

  function find(jobId: string): Row {
    const row = byId.get(jobId);
    if (row === undefined)
      throw new HeddleError('job_not_found', `There is no job '${jobId}'.`, { details: { jobId } });
    return row;
  }

  return {
    create: (job) =>
      answer(() => {
        const created: JobReply = {
          jobId: randomUUID(),
          kind: job.kind,
          status: 'queued',
          subject: job.subject,
          progress: {},
          createdAt: clock.now(),
        };
        write(() => insert.run(toRow(created)));
        return created;
      }),
    update: (jobId, change) =>
      answer(() =>
        write(() => {
          const changed = { ...fromRow(find(jobId)), ...change };
          update.run(toRow(changed));
          return changed;
        }),
      ),
    get: (jobId) => answer(() => withStorageErrors(file, () => fromRow(find(jobId)))),
    list: (options = {}) => answer(() => withStorageErrors(file, () => newest.all(options.limit ?? 100).map(fromRow))),
  };
}

function failInterrupted(database: HeddleDatabase, now: number): void {
  const error = toErrorValue(
    new HeddleError(
      'job_interrupted',
      'Heddle ended while this job was running: start it again, what was finished is kept.',
    ),
  );
  withStorageErrors(database.file, () =>
    database.connection
      .prepare<[string, number]>(
        "UPDATE jobs SET status = 'failed', error = ?, ended_at = ? WHERE status IN ('queued', 'running')",
      )
      .run(JSON.stringify(error), now),
  );
}

function toRow(job: JobReply): Row {
  return {
    id: job.jobId,
    kind: job.kind,
    status: job.status,
    subject: job.subject,
    progress: JSON.stringify(job.progress),
    result: job.result === undefined ? null : JSON.stringify(job.result),
    error: job.error === undefined ? null : JSON.stringify(job.error),
    created_at: job.createdAt,
    ended_at: job.endedAt ?? null,
  };
}

function fromRow(row: Row): JobReply {
  return JobReply.parse({
    jobId: row.id,
    kind: row.kind,
    status: row.status,
    subject: row.subject,
    progress: JSON.parse(row.progress) as unknown,
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as unknown }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as unknown }),
    createdAt: row.created_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  });
}
