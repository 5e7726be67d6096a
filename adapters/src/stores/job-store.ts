import { randomUUID } from 'node:crypto';
import { HeddleError, JobReply, toErrorValue, type Clock, type JobStore } from '@heddle/core';
import { answer } from '../database/answer.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

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
 * Jobs in heddle.db. A job that an earlier process left unfinished is queued again if its work is stored. Otherwise it is marked as
 * failed (`job_interrupted`), because its work cannot go on.
 *
 * @example const jobs = createJobStore(database, clock);
 */
export function createJobStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): JobStore {
  const { connection, file } = database;
  const { insert, byId, newest, update, insertWork, removeWork, countStart, forgetStarts, left } =
    prepareStatements(database);
  const write = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  let cutOff = settleInterrupted(database, clock.now());

  function find(jobId: string): Row {
    const row = byId.get(jobId);
    if (row === undefined)
      throw new HeddleError('job_not_found', `There is no job '${jobId}'.`, { details: { jobId } });
    return row;
  }

  return {
    create: (job, work) =>
      answer(() => {
        const created: JobReply = {
          jobId: randomUUID(),
          kind: job.kind,
          status: 'queued',
          subject: job.subject,
          progress: {},
          createdAt: clock.now(),
        };
        write(() => {
          insert.run(toRow(created));
          if (work !== undefined) insertWork.run(created.jobId, JSON.stringify(work));
        });
        return created;
      }),
    update: (jobId, change) =>
      answer(() =>
        write(() => {
          const changed = { ...fromRow(find(jobId)), ...change };
          update.run(toRow(changed));
          if (changed.endedAt !== undefined) removeWork.run(jobId);
          return changed;
        }),
      ),
    get: (jobId) => answer(() => withStorageErrors(file, () => fromRow(find(jobId)))),
    list: (options = {}) => answer(() => withStorageErrors(file, () => newest.all(options.limit ?? 100).map(fromRow))),
    leftOver: () =>
      answer(() =>
        write(() => {
          for (const jobId of cutOff) countStart.run(jobId);
          cutOff = [];
          return left
            .all()
            .map(({ work, starts, ...row }) => ({ job: fromRow(row), work: JSON.parse(work) as unknown, starts }));
        }),
      ),
    gotOn: (jobId) => answer(() => write(() => void forgetStarts.run(jobId))),
  };
}

function prepareStatements({ connection }: HeddleDatabase) {
  return {
    insert: connection.prepare<Row>(
      'INSERT INTO jobs (id, kind, status, subject, progress, result, error, created_at, ended_at) VALUES (@id, @kind, @status, @subject, @progress, @result, @error, @created_at, @ended_at)',
    ),
    byId: connection.prepare<[string], Row>('SELECT * FROM jobs WHERE id = ?'),
    newest: connection.prepare<[number], Row>('SELECT * FROM jobs ORDER BY number DESC LIMIT ?'),
    update: connection.prepare<Row>(
      'UPDATE jobs SET status = @status, progress = @progress, result = @result, error = @error, ended_at = @ended_at WHERE id = @id',
    ),
    insertWork: connection.prepare<[string, string]>('INSERT INTO job_work (job, work) VALUES (?, ?)'),
    removeWork: connection.prepare<[string]>('DELETE FROM job_work WHERE job = ?'),
    countStart: connection.prepare<[string]>('UPDATE job_work SET starts = starts + 1 WHERE job = ?'),
    forgetStarts: connection.prepare<[string]>('UPDATE job_work SET starts = 0 WHERE job = ?'),
    left: connection.prepare<[], Row & { readonly work: string; readonly starts: number }>(
      'SELECT jobs.*, work, starts FROM job_work JOIN jobs ON jobs.id = job ORDER BY number',
    ),
  };
}

/** Returns the jobs that were running when their process ended, and that can go on. */
function settleInterrupted(database: HeddleDatabase, now: number): readonly string[] {
  const error = toErrorValue(
    new HeddleError(
      'job_interrupted',
      'Heddle ended while this job was running: start it again, what was finished is kept.',
    ),
  );
  return withStorageErrors(database.file, () => {
    const { connection } = database;
    const cutOff = connection
      .prepare<[], { readonly id: string }>("SELECT id FROM jobs JOIN job_work ON job = id WHERE status = 'running'")
      .all();
    connection
      .prepare<[string, number]>(
        "UPDATE jobs SET status = 'failed', error = ?, ended_at = ? WHERE status IN ('queued', 'running') AND id NOT IN (SELECT job FROM job_work)",
      )
      .run(JSON.stringify(error), now);
    connection.prepare("UPDATE jobs SET status = 'queued' WHERE status = 'running'").run();
    return cutOff.map(({ id }) => id);
  });
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
    result: row.result === null ? undefined : (JSON.parse(row.result) as unknown),
    error: row.error === null ? undefined : (JSON.parse(row.error) as unknown),
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  });
}
