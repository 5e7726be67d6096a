import type { Blobs, Clock, Journal } from '@heddle/core';
import { parseBundleSteps } from '../database/bundle-text.js';
import type { Damages } from '../database/damage/damages.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { inSlices } from '../event-loop/in-slices.js';
import { JournalReads } from './journal-reads.js';
import { createRunAcceptances } from './run-acceptances.js';
import { createRunEvents } from './run-events.js';
import { createRunQueries } from './run-queries.js';
import { createRunStates } from './run-states.js';
import { RunWrites } from './run-writes.js';

interface SqliteJournalOptions {
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** Receives the rows and values that are damaged. */
  readonly damages?: Pick<Damages, 'note'>;
  /** Data derived from runs that must never be lost, so the journal writes it in its own commits. */
  readonly projections?: readonly JournalProjection[];
}

/**
 * Creates the journal in heddle.db. It keeps the rules of the journal port, and these:
 *
 * - An append is serialised when it is called. Its large values are stored as blobs before its commit.
 * - The appends of a run commit in the order of their calls, in one transaction with those of other runs.
 * - A promise resolves after the commit. Acceptances, cancel requests, decisions of people, run ends, and appends with `isPowerSafe` also
 *   wait until the log is flushed.
 * - An execution is one row. Its start and its end become two events when they are read.
 *
 * @example const journal = createSqliteJournal(openDatabase(file), { blobs: new FolderBlobs(folder), clock });
 */
export function createSqliteJournal(
  database: HeddleDatabase,
  { blobs, clock, damages, projections = [] }: SqliteJournalOptions,
): Journal {
  const reads = new JournalReads(database.file, damages);
  const states = createRunStates(database);
  const acceptances = createRunAcceptances(database, blobs, states, reads.noteLost);
  const queries = createRunQueries(database);
  const events = createRunEvents(database, blobs, reads);
  const writes = new RunWrites(database, states, acceptances, { blobs, clock, projections });

  return {
    accept: (run, bundle, onCommitted) => writes.accept(run, bundle, onCommitted),
    append: (runId, records, options) => writes.append(runId, records, options?.isPowerSafe === true),
    flushed: () => writes.flushed(),
    saveDeltas: (runId, deltas) => writes.saveDeltas(runId, deltas),
    streams: (runId) => events.streams(runId, () => writes.flush()),
    acceptance: (runId) => acceptances.read(runId).catch(reads.noteDamage),
    bundle: async (runId) => inSlices(parseBundleSteps(await reads.read(() => acceptances.bundle(runId)))),
    summary: (runId) => reads.read(() => queries.summary(runId)),
    list: (query) => reads.read(() => queries.list(query)),
    unfinished: () => reads.read(() => queries.unfinished()),
    due: () => reads.read(() => queries.due()),
    events: (runId, options) => events.events(runId, options),
    requests: (query) => events.requests(query?.runId),
    close: () => writes.close(),
  };
}
