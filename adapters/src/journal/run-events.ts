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
import { requestOf, eventsOf, refuseGap, type FoundEvents } from './stored-events.js';
import { recordColumns, type RecordRow } from './stored-rows.js';

/** Reads what runs did: their events, the human inputs that are open, the text that is being streamed. */
interface RunEvents {
  /** As `events` of the journal. */
  events(runId: string, options?: EventsOptions): Promise<readonly RunEvent[]>;
  requests(runId?: string): Promise<OpenRequest[]>;
  /** `flush` is called first, so that the newest text is read too. Errors: `run_not_found`. */
  streams(runId: string, flush: () => void): Promise<readonly StreamText[]>;
}

/** Events that are read without a pause. */
const eventsAtOnce = 250;

/** @example await createRunEvents(database, blobs, reads).events('run-1', { after: 10 }) */
export function createRunEvents({ connection }: HeddleDatabase, blobs: Blobs, reads: JournalReads): RunEvents {
  const onLost = reads.noteLost;
  const findRun = connection.prepare<[string], number>('SELECT number FROM runs WHERE id = ?').pluck();
  const recordsAfter = connection.prepare<[string, number], RecordRow>(
    `SELECT ${recordColumns} FROM records WHERE run = (SELECT number FROM runs WHERE id = ?) AND seq > ? ORDER BY seq`,
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

  function readPage(runId: string, after: number, limit: number): FoundEvents {
    const page = eventsOf(runId, recordsAfter.iterate(runId, after), after, limit);
    if (page.events.length === 0) numberOf(runId);
    refuseGap(runId, page.events, after);
    return page;
  }

  return {
    async events(runId, { after = 0, limit = Number.POSITIVE_INFINITY, showsLost = false } = {}) {
      const events: RunEvent[] = [];
      // A long run is read in pages; other requests run between them.
      for (let from = after; ; from += eventsAtOnce) {
        const most = Math.min(eventsAtOnce, limit - events.length);
        const found = await reads.read(() => readPage(runId, from, most));
        await Promise.all(
          found.large.map(({ event, column }) => restoreLarge(event, column, blobs, { showsLost, onLost })),
        );
        for (const event of found.events) events.push(event);
        if (found.events.length < most || events.length >= limit) return events;
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
