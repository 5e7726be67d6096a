import {
  HeddleError,
  JobReply,
  toErrorValue,
  type Clock,
  type GuardedWrite,
  type JobStore,
  type AbandonedJob,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import { randomUUID } from 'node:crypto';
import { isDone } from '../sql/is-done.js';

/** A row of `jobs`; its JSON is checked by JobReply. */
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

interface JobStoreOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Identifies this process. Default: a random id. */
  readonly holder?: string;
  /** A process that does not renew its jobs for this many milliseconds loses them. Undefined: no other process uses this database. */
  readonly leaseMs?: number;
}

const columns = 'jobs.id, kind, status, subject, progress, result, error, created_at, ended_at';
const isOpen = "status IN ('queued', 'running')";

/** A list is searched among this many of the newest jobs. */
const mostListed = 3_000;
/**
 * Open jobs are always listed. Of ended jobs, only a few of each kind and subject are, so that a source that syncs every minute does not
 * push out the import of another collection.
 */
const listing = `SELECT ${columns} FROM jobs WHERE ${isOpen} OR number IN (
    SELECT number FROM (
      SELECT number, row_number() OVER (PARTITION BY kind, subject ORDER BY number DESC) AS nth FROM jobs
      WHERE number > (SELECT coalesce(max(number), 0) FROM jobs) - @most AND NOT ${isOpen}
    ) AS ended WHERE nth <= @each ORDER BY number DESC LIMIT @limit
  ) ORDER BY number DESC`;

const resetStarts =
  'UPDATE job_work SET starts = 0 WHERE job = @jobId AND EXISTS (SELECT 1 FROM jobs WHERE id = @jobId AND owner = @holder)';

/**
 * Stores jobs in any database. A job belongs to the process that works on it. A job that a process left unfinished is queued again if its
 * work is stored, and another process takes it. Otherwise it is marked as failed (`job_interrupted`), because it cannot continue.
 *
 * @example const jobs = createJobStore(tables, { clock });
 */
export function createJobStore(tables: Tables, options: JobStoreOptions): JobStore {
  const { clock, holder = randomUUID(), leaseMs } = options;
  const until = (): number | null => (leaseMs === undefined ? null : clock.now() + leaseMs);
  const get = async (jobId: string): Promise<JobReply> => {
    const row = await tables.get<Row>(`SELECT ${columns} FROM jobs WHERE id = @jobId`, { jobId });
    if (row === undefined)
      throw new HeddleError('job_not_found', `There is no job '${jobId}'.`, { details: { jobId } });
    return fromRow(row);
  };
  const settle = (): Promise<void> => tables.note(settling(holder, leaseMs === undefined, clock.now()));

  return {
    leaseMs,
    settle,
    get,
    async create({ kind, subject }, work, { only, first = [] } = {}) {
      const job: JobReply = {
        jobId: randomUUID(),
        kind,
        status: 'queued',
        subject,
        progress: {},
        createdAt: clock.now(),
      };
      await tables.note([
        ...first,
        inserted(job, { holder, until: until(), only }),
        ...(work === undefined ? [] : [insertedWork(job.jobId, work)]),
      ]);
      return job;
    },
    ...amongProcesses(tables, holder, options),
    async update(jobId, change) {
      const changed = { ...(await get(jobId)), ...change };
      await tables.note(updated(changed, holder));
      return changed;
    },
    list: async ({ limit = 100, each = limit } = {}) =>
      (limit === 0
        ? await tables.all<Row>(`SELECT ${columns} FROM jobs WHERE ${isOpen} ORDER BY number DESC`)
        : await tables.all<Row>(listing, { limit, each, most: mostListed })
      ).map(fromRow),
    async leftOver() {
      await settle();
      return takeLeft(tables, holder, until);
    },
    gotOn: (jobId) => tables.note([{ sql: resetStarts, values: { jobId, holder } }]),
    async letGo(jobId) {
      const sql =
        "UPDATE jobs SET status = 'queued', owner = NULL, lease_until = NULL WHERE id = @jobId AND owner = @holder";
      await tables.note([
        { sql, values: { jobId, holder }, ...mine(jobId) },
        { sql: 'UPDATE job_work SET starts = 0 WHERE job = @jobId', values: { jobId } },
      ]);
    },
    renew: () => renewed(tables, holder, until()),
  };
}

async function renewed(tables: Tables, holder: string, until: number | null): Promise<ReadonlySet<string>> {
  const ofHolder = `owner = @holder AND ${isOpen}`;
  await tables.note([{ sql: `UPDATE jobs SET lease_until = @until WHERE ${ofHolder}`, values: { holder, until } }]);
  const rows = await tables.all<{ readonly id: string }>(`SELECT id FROM jobs WHERE ${ofHolder}`, { holder });
  return new Set(rows.map(({ id }) => id));
}

/** Operations between processes: a key ensures that only one open job does some work, and a process can cancel a job of another process. */
function amongProcesses(
  tables: Tables,
  holder: string,
  { clock, leaseMs }: JobStoreOptions,
): Pick<JobStore, 'elsewhere' | 'freeKey' | 'openKeys' | 'takeAway'> {
  return {
    takeAway: (jobId) => isDone(tables.note(takenAway(jobId, holder, clock.now()))),
    async elsewhere(key) {
      if (leaseMs === undefined) return undefined;
      const sql = `SELECT id FROM jobs WHERE only_key = @key AND ${isOpen} AND (owner IS NULL OR owner <> @holder)`;
      return (await tables.get<{ readonly id: string }>(sql, { key, holder }))?.id;
    },
    freeKey: (jobId) =>
      tables.note([
        { sql: 'UPDATE jobs SET only_key = NULL WHERE id = @jobId AND only_key IS NOT NULL', values: { jobId } },
      ]),
    async openKeys(beginning) {
      const sql = `SELECT only_key AS "key" FROM jobs WHERE only_key >= @beginning AND ${isOpen}`;
      const rows = await tables.all<{ readonly key: string }>(sql, { beginning });
      return new Set(rows.map(({ key }) => key).filter((key) => key.startsWith(beginning)));
    },
  };
}

/** Takes queued jobs that no process has. If several processes try, only one gets each job. */
async function takeLeft(tables: Tables, holder: string, until: () => number | null): Promise<readonly AbandonedJob[]> {
  const sql = `SELECT ${columns}, work, starts FROM job_work JOIN jobs ON jobs.id = job WHERE owner IS NULL AND ${isOpen} ORDER BY number`;
  const take = `UPDATE jobs SET owner = @holder, lease_until = @until WHERE id = @id AND owner IS NULL AND ${isOpen}`;
  const taken: AbandonedJob[] = [];
  for (const { work, starts, ...row } of await tables.all<Row & { work: string; starts: number }>(sql)) {
    if (await isDone(tables.note([{ sql: take, values: { id: row.id, holder, until: until() }, rows: 1 }])))
      taken.push({ job: fromRow(row), work: JSON.parse(work) as unknown, starts });
  }
  return taken;
}

function updated(job: JobReply, holder: string): readonly GuardedWrite[] {
  const { jobId, endedAt } = job;
  const { status, progress, result, error, ended_at } = toRow(job);
  const changed: GuardedWrite = {
    sql: `UPDATE jobs SET status = @status, progress = @progress, result = @result, error = @error, ended_at = @ended_at
      WHERE id = @jobId AND owner = @holder`,
    values: { jobId, holder, status, progress, result, error, ended_at },
    ...mine(jobId),
  };
  if (endedAt === undefined) return [changed];
  return [changed, { sql: 'DELETE FROM job_work WHERE job = @jobId', values: { jobId } }];
}

const mine = (jobId: string): Pick<GuardedWrite, 'rows' | 'otherwise'> => ({
  rows: 1,
  otherwise: () => takenJob(jobId),
});

const takenJob = (jobId: string): HeddleError =>
  new HeddleError('conflict', `Another process now runs the job '${jobId}': this one did not renew it in time.`, {
    details: { jobId },
  });

const inserted = (
  job: JobReply,
  {
    holder,
    until,
    only,
  }: { readonly holder: string; readonly until: number | null; readonly only: string | undefined },
): GuardedWrite => ({
  sql: `INSERT INTO jobs (id, kind, status, subject, progress, result, error, created_at, ended_at, owner, lease_until, only_key)
    VALUES (@id, @kind, @status, @subject, @progress, @result, @error, @created_at, @ended_at, @holder, @until, @only)
    ON CONFLICT DO NOTHING`,
  values: { ...toRow(job), holder, until, only: only ?? null },
  rows: 1,
  otherwise: () =>
    new HeddleError('job_exists', `A job is already doing this, in this process or in another one: '${only}'.`, {
      details: { only },
    }),
});

function takenAway(jobId: string, holder: string, now: number): readonly GuardedWrite[] {
  const error = JSON.stringify(toErrorValue(new HeddleError('aborted', 'The job was cancelled.')));
  return [
    {
      sql: `UPDATE jobs SET status = 'cancelled', error = @error, ended_at = @now, owner = NULL, lease_until = NULL
        WHERE id = @jobId AND ${isOpen} AND (owner IS NULL OR owner <> @holder)`,
      values: { jobId, holder, now, error },
      rows: 1,
    },
    { sql: 'DELETE FROM job_work WHERE job = @jobId', values: { jobId } },
  ];
}

const insertedWork = (jobId: string, work: unknown): GuardedWrite => ({
  sql: 'INSERT INTO job_work (job, work) VALUES (@jobId, @work)',
  values: { jobId, work: JSON.stringify(work) },
});

/**
 * Queues the jobs of processes that are gone, and fails those that cannot continue. If two processes do this at once, the second one finds
 * nothing to do.
 */
function settling(holder: string, isAlone: boolean, now: number): readonly GuardedWrite[] {
  const isGone = isAlone
    ? '(owner IS NULL OR owner <> @holder)'
    : '(owner IS NULL OR (owner <> @holder AND lease_until <= @now))';
  const values: StatementValues = isAlone ? { holder } : { holder, now };
  const error = toErrorValue(
    new HeddleError(
      'job_interrupted',
      'Heddle ended while this job was running: start it again; what was finished is kept.',
    ),
  );
  return [
    { sql: `SELECT 1 FROM jobs WHERE ${isOpen} AND ${isGone} FOR UPDATE`, values },
    {
      sql: `UPDATE jobs SET status = 'failed', error = @error, ended_at = @endedAt
        WHERE ${isOpen} AND ${isGone} AND id NOT IN (SELECT job FROM job_work)`,
      values: { ...values, error: JSON.stringify(error), endedAt: now },
    },
    {
      sql: `UPDATE job_work SET starts = starts + 1 WHERE job IN (SELECT id FROM jobs WHERE status = 'running' AND ${isGone})`,
      values,
    },
    {
      sql: `UPDATE jobs SET status = 'queued', owner = NULL, lease_until = NULL
        WHERE ${isOpen} AND ${isGone} AND (owner IS NOT NULL OR status = 'running')`,
      values,
    },
  ];
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
