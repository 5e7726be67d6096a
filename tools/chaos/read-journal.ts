import { openDatabase } from '@heddle/adapters/database';
import { createSqliteJournal } from '@heddle/adapters/journal';
import type { Blobs, Clock, RunEvent } from '@heddle/core';
import { join } from 'node:path';
import type { JournalRun } from './evidence.js';

/** Reads every run out of the database of a data folder whose server has ended. */
export async function readJournal(data: string): Promise<JournalRun[]> {
  const database = openDatabase(join(data, 'heddle.db'));
  const journal = createSqliteJournal(database, { blobs: noBlobs, clock: noClock });
  try {
    const runs: JournalRun[] = [];
    for (const { runId, status, acceptedAt } of await journal.list({})) {
      const { rootId, inputs } = await journal.acceptance(runId);
      // As clients get them: what is undefined is not there.
      const events = JSON.parse(JSON.stringify(await journal.events(runId))) as RunEvent[];
      runs.push({ runId, rootId, tag: String(inputs['tag']?.value), status, acceptedAt, events });
    }
    return runs;
  } finally {
    await journal.close();
    database.close();
  }
}

const refuse = (): Promise<never> => Promise.reject(new Error('The runs of a chaos have no large values.'));
const noBlobs: Blobs = { put: refuse, get: refuse, has: refuse };
const noClock: Clock = { now: () => 0, at: () => () => undefined };
