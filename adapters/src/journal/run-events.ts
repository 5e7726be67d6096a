import {
  runNotFound,
  type Blobs,
  type EventsOptions,
  type OpenRequest,
  type RunEvent,
  type StreamText,
} from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { yieldToEventLoop } from '../event-loop/in-slices.js';
import { joinDeltas, type DeltaRow } from './delta-buffer.js';
import type { JournalReads } from './journal-reads.js';
import { restoreLarge } from './records/large-values.js';
import { eventsOf, inOrder, inOrderWithoutGaps, requestOf } from './stored-events.js';
import { recordColumns, type RecordRow } from './stored-rows.js';

/** Reads the events and the streamed text of runs. */
interface RunEvents {
  /** Like `events` of the journal. */
  events(runId: string, options?: EventsOptions): Promise<readonly RunEvent[]>;
  requests(runId?: string): Promise<OpenRequest[]>;
  /** Calls `flush` first, so that the newest text is included. Errors: `run_not_found`. */
  streams(runId: string, flush: () => void): Promise<readonly StreamText[]>;
}

/** How many rows are read before the event loop gets a pause. */
const rowsAtOnce = 250;

/** Creates the reader of events. @example await createRunEvents(database, blobs, reads).events('run-1', { after: 10 }) */
export function createRunEvents({ connection }: HeddleDatabase, blobs: Blobs, reads: JournalReads): RunEvents {
  const onLost = reads.noteLost;
  const findRun = connection.prepare<[string], number>('SELECT number FROM runs WHERE id = ?').pluck();
  // The row of an execution has the seq of its end; its start may be among the requested events.
  const after = `SELECT ${recordColumns} FROM records WHERE run = ? AND seq > ? AND coalesce(start_seq, seq) <= ?`;
  const inPages = `ORDER BY seq LIMIT ${rowsAtOnce}`;
  const recordsAfter = connection.prepare<[run: number, after: number, last: number], RecordRow>(`${after} ${inPages}`);
  const recordsOfPath = connection.prepare<[run: number, after: number, last: number, path: string], RecordRow>(
    `${after} AND path = ? ${inPages}`,
  );
  const deltasOf = connection.prepare<[number], DeltaRow>(
    'SELECT path, attempt, port, start, text FROM deltas WHERE run = ? ORDER BY number',
  );
  const openRequests = connection.prepare<[{ runId: string | null }], RecordRow & { readonly runId: string }>(`
    SELECT runs.id AS runId, ${recordColumns}
    FROM human_inputs JOIN runs ON runs.number = human_inputs.run
      JOIN records ON records.run = human_inputs.run AND records.seq = human_inputs.seq
    WHERE @runId IS NULL OR runs.id = @runId ORDER BY human_inputs.run, human_inputs.seq`);

  function numberOf(runId: string): number {
    const number = findRun.get(runId);
    if (number === undefined) throw runNotFound(runId);
    return number;
  }

  return {
    async events(runId, { after = 0, limit = Number.POSITIVE_INFINITY, showsLost = false, path } = {}) {
      const events: RunEvent[] = [];
      const last = after + Math.max(0, limit);
      // A long run is read in pages; other requests run between them.
      for (let from = after; ;) {
        const { rows, found } = await reads.read(() => {
          const run = numberOf(runId);
          const page =
            path === undefined ? recordsAfter.all(run, from, last) : recordsOfPath.all(run, from, last, path);
          return { rows: page, found: eventsOf(runId, page, after, limit) };
        });
        await Promise.all(
          found.large.map(({ event, column }) => restoreLarge(event, column, blobs, { showsLost, onLost })),
        );
        for (const event of found.events) events.push(event);
        from = rows.at(-1)?.seq ?? from;
        if (rows.length < rowsAtOnce)
          return path === undefined ? reads.read(() => inOrderWithoutGaps(runId, events, after)) : inOrder(events);
        await yieldToEventLoop();
      }
    },
    async requests(runId) {
      const rows = await reads.read(() => openRequests.all({ runId: runId ?? null }));
      return Promise.all(rows.map((row) => requestOf(row, blobs, { onLost }))).catch(reads.noteDamage);
    },
    streams: (runId, flush) =>
      reads.read(() => {
        const number = numberOf(runId);
        flush();
        return joinDeltas(deltasOf.all(number));
      }),
  };
}
