import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  runNotFound,
  toHeddleError,
  type AppendOptions,
  type Blobs,
  type Clock,
  type GuardedWrite,
  type Journal,
  type RunRecord,
} from '@heddle/core';
import { parseBundleSteps } from '../../database/bundle-text.js';
import type { RunProjection } from '../../database/journal-projection.js';
import { inSlices } from '../../event-loop/in-slices.js';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import { storeLarge } from '../records/large-values.js';
import { prepareAppend, type PreparedAppend } from '../records/record-rows.js';
import { PostgresAcceptances } from './acceptances.js';
import type { AppendEntry } from './append-entry.js';
import { AppendLine } from './append-line.js';
import { RunHistory } from './run-history.js';
import { RunLists } from './run-lists.js';
import { StreamLine } from './stream-line.js';

interface PostgresJournalOptions {
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** What is written in the commits of runs, beside the records. */
  readonly projections?: readonly RunProjection[];
}

/** The most characters of an append, not counting large values, which are stored as blobs. */
const mostCharacters = 64 * 1024 * 1024;

/**
 * Creates a journal in a Postgres database that several processes share. It keeps the rules of the journal port, and these:
 *
 * - An append is serialised when it is called. Its large values are stored as blobs before its commit.
 * - Each commit waits for the write-ahead log of the server (`synchronous_commit`), so every append survives a power loss of the server.
 *   After a failover, that holds only with a synchronous standby.
 * - An append is stored only by the owner of its run, or in a run without an owner (`run_lost`). If its answer is lost, it is sent again
 *   and still stored only once.
 * - `records` only grows. A start that is committed before its end keeps its own row.
 *
 * @example const journal = createPostgresJournal(await openPostgres({ url, clock }), { blobs, clock });
 */
export function createPostgresJournal(
  database: PostgresDatabase,
  { blobs, clock, projections = [] }: PostgresJournalOptions,
): Journal {
  const acceptances = new PostgresAcceptances(database, blobs, projections);
  const lists = new RunLists(database);
  const history = new RunHistory(database, blobs);
  const streams = new StreamLine(database, clock);
  const line = new AppendLine({
    database,
    hasStreams: streams.has,
    onStored: ({ runId, prepared }) => streams.dropEnded(runId, prepared.change),
  });
  const append = createAppend(line, blobs, projections);
  let isClosed = false;
  const refuseClosed = (): void => {
    if (isClosed) throw new HeddleError('shutting_down', 'The journal is closed: Heddle is stopping.');
  };

  return {
    async accept(run, bundle, onCommitted) {
      refuseClosed();
      const hash = await acceptances.accept(run, bundle);
      line.noteAccepted(run.runId);
      onCommitted?.();
      return hash;
    },
    async append(runId, records, options) {
      refuseClosed();
      return append(runId, records, options);
    },
    saveDeltas(runId, deltas, epoch) {
      if (!isClosed && deltas.length > 0) streams.add(runId, deltas, epoch);
    },
    async streams(runId) {
      await streams.flush();
      return history.streams(runId);
    },
    acceptance: (runId) => acceptances.read(runId),
    bundle: async (runId) => inSlices(parseBundleSteps(await acceptances.bundle(runId))),
    summary: (runId) => lists.summary(runId),
    list: (query) => lists.list(query),
    unfinished: () => lists.unfinished(),
    due: () => lists.due(),
    events: (runId, options) => history.events(runId, options),
    requests: (query) => history.requests(query?.runId),
    async close() {
      isClosed = true;
      await line.idle();
      await streams.flush();
      streams.close();
    },
  };
}

/** Serialises records at once, stores their large values, and then passes them to the append line, in the order of the calls for a run. */
function createAppend(line: AppendLine, blobs: Blobs, projections: readonly RunProjection[]) {
  const readers = projections.map(({ types, write }) => ({ types: new Set(types), write }));
  const writesOf = (runId: string, records: readonly RunRecord[]): readonly GuardedWrite[] =>
    readers.flatMap(({ types, write }) => {
      const read = records.filter(({ type }) => types.has(type));
      return read.length === 0 ? [] : (write?.(runId, read) ?? []);
    });
  return (runId: string, records: readonly RunRecord[], options: AppendOptions = {}): Promise<number> => {
    const prepared = prepareAppend(runId, records, true);
    if (runId.includes('\0')) throw runNotFound(runId);
    refuseTooLarge(runId, prepared);
    const { fence } = options;
    return new Promise((resolve, reject) => {
      const entry: AppendEntry = {
        runId,
        prepared,
        writes: writesOf(runId, records),
        resolve,
        reject,
        epoch: fence?.epoch,
        after: fence?.after,
        batch: fence?.batch ?? randomUUID(),
        isReady: !prepared.isLarge,
      };
      line.add(entry);
      if (prepared.isLarge) void makeReady(line, entry, blobs);
    });
  };
}

async function makeReady(line: AppendLine, entry: AppendEntry, blobs: Blobs): Promise<void> {
  try {
    for (const row of entry.prepared.rows) if (row.large !== undefined) row.blobs = await storeLarge(row.large, blobs);
    entry.isReady = true;
    line.request();
  } catch (error) {
    line.remove(entry);
    entry.reject(toHeddleError(error));
  }
}

/** Refuses an append that is too large without its large values. Only a huge number of small values can reach the limit. */
function refuseTooLarge(runId: string, { rows }: PreparedAppend): void {
  let characters = 0;
  for (const { body } of rows) characters += body.length;
  if (characters <= mostCharacters) return;
  throw new HeddleError(
    'value_too_complex',
    `The values that run '${runId}' stores at once have ${characters} characters, and ${mostCharacters} are allowed: store fewer values at a time, or store them as one file.`,
    { details: { runId } },
  );
}
