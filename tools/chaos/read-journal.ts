import { openDatabase } from '@heddle/adapters/database';
import { createSqliteJournal } from '@heddle/adapters/journal';
import type { Blobs, Clock, Journal, RunEvent } from '@heddle/core';
import { join } from 'node:path';
import type { JournalRun } from './evidence.js';

/** Reads all runs from the database of a data folder whose server has ended. */
export async function readJournal(data: string): Promise<JournalRun[]> {
  const database = openDatabase(join(data, 'heddle.db'));
  const journal = createSqliteJournal(database, { blobs: noBlobs, clock: noClock });
  try {
    return await readRuns(journal);
  } finally {
    await journal.close();
    database.close();
  }
}

/** Reads every run of a journal. */
export async function readRuns(journal: Journal): Promise<JournalRun[]> {
  const runs: JournalRun[] = [];
  for (const { runId, status, acceptedAt } of await journal.list({})) {
    const { rootId, inputs } = await journal.acceptance(runId);
    // As clients get the events: members that are undefined are missing.
    const events = JSON.parse(JSON.stringify(await journal.events(runId))) as RunEvent[];
    runs.push({ runId, rootId, tag: String(inputs['tag']?.value), status, acceptedAt, events });
  }
  return runs;
}

const refuse = (): Promise<never> => Promise.reject(new Error('The runs of a chaos have no large values.'));
/** The blobs of a journal without large values. */
export const noBlobs: Blobs = { put: refuse, get: refuse, has: refuse };
const noClock: Clock = { now: () => 0, at: () => () => undefined };
