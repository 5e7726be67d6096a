import {
  HeddleError,
  runNotFound,
  steadyFace,
  type Blobs,
  type Clock,
  type Journal,
  type RunEvent,
  type RunRecord,
  type StreamText,
} from '@heddle/core';
import { answer } from '../database/answer.js';
import type { Damages } from '../database/damage/damages.js';
import { createDeltaBuffer, joinDeltas, type DeltaRow } from './delta-buffer.js';
import { failpoint, hasFailpoint } from '../database/failpoint.js';
import { createGroupCommit } from '../database/group-commit.js';
import { restoreLarge, storeLarge } from './large-values.js';
import { layOutLog } from '../database/log/lay-out-log.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { prepareAppend, type PreparedAppend } from './record-rows.js';
import { recordColumns, type RecordRow } from './stored-rows.js';
import type { JournalProjection } from '../database/journal-projection.js';
import { projectRecords } from './project-records.js';
import { failAfterCommit, failBeforeCommit } from './record-failpoints.js';
import { damagedRow } from '../database/damage/damaged-row.js';
import { createRecordWriter } from './record-writer.js';
import { inTurns, nextTurn } from '../turns/in-turns.js';
import { parseBundleSteps } from '../database/bundle-text.js';
import { createRunAcceptances } from './run-acceptances.js';
import { createRunQueries } from './run-queries.js';
import { createRunStates } from './run-states.js';
import { withStorageErrors } from '../database/storage-error.js';
import { askOf, eventsOf } from './stored-events.js';

export interface SqliteJournalOptions {
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** Hears of rows and values that are not as they were written. */
  readonly damages?: Pick<Damages, 'note'>;
  /** What must never be lost and follows from runs: written inside the journal's own commit (design §4). */
  readonly projections?: readonly JournalProjection[];
}

/** Streamed text is stored at most this long after it came. */
const deltaMs = 50;

/**
 * The journal in heddle.db (J1 to J5 of the port).
 *
 * Q1 What an append carries is serialised when it is called; its large values are blobs before its commit. Q2 Appends of a run
 * commit in the order of their calls, in one transaction with those of other runs. Q3 A promise resolves after the commit, and after a
 * flush of the log for acceptances, cancel requests, ask decisions, run ends, and where `isPowerSafe` asks for it.
 * Q4 An execution is one row; its start and its end are told apart when events are read.
 *
 * @example const journal = createSqliteJournal(openDatabase(file), { blobs: createFolderBlobs(folder), clock });
 */
export function createSqliteJournal(
  database: HeddleDatabase,
  { blobs, clock, damages, projections = [] }: SqliteJournalOptions,
): Journal {
  const { connection, file } = database;
  const time = steadyFace(clock);
  const states = createRunStates(database);
  const writer = createRecordWriter(database, states);
  const queries = createRunQueries(database);
  const acceptances = createRunAcceptances(database, blobs, states, (place, reason) => damages?.note(place, reason));
  const deltas = createDeltaBuffer();
  let deltasInFlight: ReadonlyMap<string, readonly DeltaRow[]> | undefined;
  let areDeltasDue = false;
  let stopTimer: (() => void) | undefined;
  /** Runs whose latest append waits for its blobs; what comes after it waits behind it (Q2). */
  const waiting = new Map<string, Promise<void>>();
  let isClosed = false;
  /** Begun with the first acceptance: whoever only reads needs no room to write. */
  let stopLayingOut: (() => void) | undefined;

  const group = createGroupCommit(database, {
    onBegin() {
      states.refresh();
      if (!areDeltasDue) return;
      areDeltasDue = false;
      deltasInFlight = deltas.take();
      for (const [runId, rows] of deltasInFlight) writer.writeDeltas(runId, rows);
    },
    onEnd: writer.inserts.flush,
    onCommit() {
      deltasInFlight = undefined;
    },
    onRollback() {
      states.clear();
      writer.inserts.discard();
      if (deltasInFlight === undefined) return;
      deltas.putBack(deltasInFlight);
      deltasInFlight = undefined;
      waitForDeltas();
    },
  });

  const findRun = connection.prepare<[string], number>('SELECT number FROM runs WHERE id = ?').pluck();
  const recordsAfter = connection.prepare<[string, number], RecordRow>(
    `SELECT ${recordColumns} FROM records WHERE run = (SELECT number FROM runs WHERE id = ?) AND seq > ? ORDER BY seq`,
  );
  const deltasOf = connection.prepare<[number], DeltaRow>(
    'SELECT path, attempt, port, start, text FROM deltas WHERE run = ? ORDER BY number',
  );
  const openAsks = connection.prepare<[{ runId: string | null }], RecordRow & { readonly runId: string }>(`
    SELECT runs.id AS runId, ${recordColumns}
    FROM asks JOIN runs ON runs.number = asks.run JOIN records ON records.run = asks.run AND records.seq = asks.seq
    WHERE @runId IS NULL OR runs.id = @runId ORDER BY asks.run, asks.seq`);

  const read = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work)).catch(noteDamage);

  function noteDamage(error: unknown): never {
    if (error instanceof HeddleError && error.code === 'storage_corrupt') {
      const place = error.details?.['place'];
      if (typeof place === 'string' && /^(?:records|runs|bundles)\//.test(place)) damages?.note(place, error.message);
    }
    throw error;
  }
  const onLost = (place: string, reason: string): void => damages?.note(place, reason);

  function numberOf(runId: string): number {
    const number = findRun.get(runId);
    if (number === undefined) throw runNotFound(runId);
    return number;
  }

  const project = projectRecords(projections);

  function submit(runId: string, prepared: PreparedAppend, records: readonly RunRecord[]): number | Promise<number> {
    const apply = (): number => {
      const first = writer.write(runId, prepared);
      project?.write(runId, records);
      for (const path of prepared.change.ended ?? []) deltas.drop(runId, path);
      if (prepared.change.endedAt !== undefined) deltas.dropRun(runId);
      failBeforeCommit(prepared.rows);
      return first;
    };
    const work = { key: runId, apply, isPowerSafe: prepared.isPowerSafe };
    // Something waits for a result; what only began is committed with the turn.
    const committed =
      prepared.change.ended !== undefined && states.isOnly(runId) ? group.submitAlone(work) : group.submit(work);
    if (!hasFailpoint) return committed;
    const fail = (first: number): number => {
      failAfterCommit(prepared.rows);
      return first;
    };
    return typeof committed === 'number' ? fail(committed) : committed.then(fail);
  }

  async function submitBehind(
    runId: string,
    before: Promise<void> | undefined,
    prepared: PreparedAppend,
    records: readonly RunRecord[],
  ): Promise<number> {
    const ready = (async () => {
      await before;
      for (const row of prepared.rows) if (row.large !== undefined) row.blobs = await storeLarge(row.large, blobs);
    })();
    waiting.set(runId, ready);
    try {
      await ready;
    } finally {
      if (waiting.get(runId) === ready) waiting.delete(runId);
    }
    return submit(runId, prepared, records);
  }

  function waitForDeltas(): void {
    stopTimer ??= time.at(time.now() + deltaMs, () => {
      stopTimer = undefined;
      storeDeltas();
    });
  }

  function storeDeltas(): void {
    areDeltasDue = true;
    group.request();
  }

  function refuseClosed(): void {
    if (isClosed) throw new HeddleError('shutting_down', 'The journal is closed: Heddle is stopping.');
  }

  return {
    async accept(run, bundle, onCommitted = noop) {
      refuseClosed();
      const write = await acceptances.prepare(run, bundle);
      const accept = (): string => {
        for (const projection of projections) projection.admit?.(run);
        const bundleHash = write();
        for (const projection of projections) projection.accept?.(run, bundleHash);
        return bundleHash;
      };
      const begin = (): void => {
        failpoint('accept-after-commit');
        onCommitted();
        stopLayingOut ??= layOutLog(database);
      };
      return group.submit({ key: run.runId, apply: accept, isPowerSafe: true, onCommitted: begin });
    },
    append(runId: string, records: readonly RunRecord[], options: { readonly isPowerSafe?: boolean } = {}) {
      try {
        refuseClosed();
        const prepared = prepareAppend(runId, records, options.isPowerSafe === true);
        const before = waiting.get(runId);
        return before === undefined && !prepared.isLarge
          ? submit(runId, prepared, records)
          : submitBehind(runId, before, prepared, records);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new HeddleError('internal', String(error)));
      }
    },
    flushed: () => group.flushed(),
    saveDeltas(runId, added) {
      if (isClosed || added.length === 0) return;
      if (deltas.add(runId, added)) storeDeltas();
      else waitForDeltas();
    },
    streams: (runId): Promise<readonly StreamText[]> =>
      read(() => {
        const number = numberOf(runId);
        areDeltasDue = true;
        group.flush();
        return joinDeltas(deltasOf.all(number));
      }),
    acceptance: (runId) => acceptances.read(runId).catch(noteDamage),
    bundle: async (runId) => inTurns(parseBundleSteps(await read(() => acceptances.bundle(runId)))),
    summary: (runId) => read(() => queries.summary(runId)),
    list: (query) => read(() => queries.list(query)),
    unfinished: () => read(() => queries.unfinished()),
    due: () => read(() => queries.due()),
    async events(runId, { after = 0, limit = Number.POSITIVE_INFINITY, showsLost = false } = {}) {
      const events: RunEvent[] = [];
      // A long run is read in pages, and others have their turn between them.
      for (let from = after; ; from += eventsAtOnce) {
        const most = Math.min(eventsAtOnce, limit - events.length);
        const found = await read(() => {
          const page = eventsOf(runId, recordsAfter.iterate(runId, from), from, most);
          if (page.events.length === 0) numberOf(runId);
          refuseGap(runId, page.events, from);
          return page;
        });
        await Promise.all(
          found.large.map(({ event, column }) => restoreLarge(event, column, blobs, { showsLost, onLost })),
        );
        for (const event of found.events) events.push(event);
        if (found.events.length < most || events.length >= limit) return events;
        await nextTurn();
      }
    },
    async asks(query = {}) {
      const rows = await read(() => openAsks.all({ runId: query.runId ?? null }));
      return Promise.all(rows.map((row) => askOf(row, blobs, { onLost }))).catch(noteDamage);
    },
    async close() {
      isClosed = true;
      stopTimer?.();
      stopTimer = undefined;
      stopLayingOut?.();
      await Promise.allSettled(waiting.values());
      areDeltasDue = true;
      group.flush();
    },
  };
}

/** J5: a record that an index does not lead to any more is missing in the middle. */
function refuseGap(runId: string, events: readonly RunEvent[], from: number): void {
  const gap = events.findIndex(({ seq }, index) => seq !== from + index + 1);
  if (gap >= 0) throw damagedRow(`runs/${runId}`, `The place of record ${from + gap + 1} of run '${runId}'`);
}

/** Events that are read without a pause. */
const eventsAtOnce = 250;

const noop = (): void => undefined;
