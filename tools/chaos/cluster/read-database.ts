import { createPostgresJournal } from '@heddle/adapters/journal';
import { openPostgres } from '@heddle/adapters/postgres';
import type { Blobs, Clock } from '@heddle/core';
import type { TestPostgres } from '../../testing/test-postgres.mjs';
import type { JournalRun } from '../evidence.js';
import { noBlobs, readRuns } from '../read-journal.js';
import { database } from './services.js';

const clock: Clock = {
  now: Date.now,
  at: (time, call) => {
    const timer = setTimeout(call, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};

/** Reads all runs from the database of a cluster, with their values from the bucket. */
export async function readDatabase(postgres: TestPostgres, blobs: Blobs = noBlobs): Promise<JournalRun[]> {
  const url = new URL(`/${database}`, postgres.url).href;
  const opened = await openPostgres({ url, clock, connections: 2, mayMigrate: false });
  const journal = createPostgresJournal(opened, { blobs, clock });
  try {
    return await readRuns(journal);
  } finally {
    await journal.close();
    await opened.close();
  }
}

const unended = `SELECT r.id, r.status, r.owner, w.name AS worker, w.state, r.epoch, r.last_seq, r.claim, r.needs, r.wake_at,
    r.ready_at, r.hinted_at, (SELECT string_agg(c.kind, ' ') FROM heddle.commands c WHERE c.run = r.id AND c.settled_at IS NULL) AS commands
  FROM heddle.runs r LEFT JOIN heddle.workers w ON w.boot = r.owner WHERE r.status NOT IN ('done', 'failed', 'cancelled')
  ORDER BY r.number LIMIT 30`;
const members =
  'SELECT name, boot, version, state, slots, clock_timestamp() - seen_at AS silent FROM heddle.workers ORDER BY name';
const leases = 'SELECT name, holder, token, until - clock_timestamp() AS remains FROM heddle.leases ORDER BY name';

/** Describes the unfinished runs with their owners and epochs, the processes, and the leases. */
export async function describeDatabase(postgres: TestPostgres): Promise<string> {
  const ask = (sql: string): Promise<string> =>
    postgres
      .query(`SELECT row_to_json(t) FROM (${sql}) t`, database)
      .catch((error: unknown) => `could not be read: ${String(error)}`);
  return `runs:\n${await ask(unended)}\nprocesses:\n${await ask(members)}\nleases:\n${await ask(leases)}`;
}
