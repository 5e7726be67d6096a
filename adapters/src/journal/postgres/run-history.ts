import {
  runNotFound,
  type Blobs,
  type EventsOptions,
  type OpenRequest,
  type RunEvent,
  type StreamText,
} from '@heddle/core';
import { yieldToEventLoop } from '../../event-loop/in-slices.js';
import { JoinedReads } from '../../event-loop/joined-reads.js';
import { cleanText } from '../../postgres/clean-text.js';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import { joinDeltas, type DeltaRow } from '../delta-buffer.js';
import { restoreLarge } from '../records/large-values.js';
import { eventsOf, inOrder, inOrderWithoutGaps, requestOf } from '../stored-events.js';
import type { RecordRow } from '../stored-rows.js';

/** How many rows become events before the event loop gets a pause. */
const rowsAtOnce = 250;

// In Postgres, a record has no number and no checksum: its run and seq identify it, and the server checks its own pages.
const columns = `records.run::float8 AS run, records.run::float8 AS number, records.seq::float8 AS seq, records.type, records.time, records.path,
  records.attempt, records.start_seq::float8 AS start_seq, records.start_time, records.body, records.blobs, NULL AS checksum`;

/** Reads the events, the open human inputs and the streamed text of runs. */
export class RunHistory {
  private readonly database: PostgresDatabase;
  private readonly blobs: Blobs;
  /** The watchers of a run connect at the same time after their process was away, so their reads are joined. */
  private readonly reads = new JoinedReads<readonly RunEvent[]>();

  constructor(database: PostgresDatabase, blobs: Blobs) {
    this.database = database;
    this.blobs = blobs;
  }

  events(runId: string, options: EventsOptions = {}): Promise<readonly RunEvent[]> {
    const { after, limit, showsLost, path } = options;
    return this.reads.read(JSON.stringify([runId, after, limit, showsLost, path]), () =>
      this.readEvents(runId, options),
    );
  }

  private async readEvents(
    runId: string,
    { after = 0, limit, showsLost = false, path }: EventsOptions,
  ): Promise<readonly RunEvent[]> {
    const { schema } = this.database;
    const number = await this.numberOf(runId);
    if (limit !== undefined && limit <= 0) return [];
    const last = limit === undefined ? Number.MAX_SAFE_INTEGER : after + limit;
    const rows = await this.database.run<RecordRow>({
      name: path === undefined ? 'heddle-events' : 'heddle-events-of-path',
      // The row of an execution has the seq of its end; its start may be among the requested events.
      sql: `SELECT ${columns} FROM ${schema}.records WHERE run = $1 AND seq > $2 AND coalesce(start_seq, seq) <= $3
        ${path === undefined ? '' : 'AND path = $4'} ORDER BY seq`,
      values: [number, after, last, ...(path === undefined ? [] : [cleanText(path)])],
    });
    const events: RunEvent[] = [];
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      if (at > 0) await yieldToEventLoop();
      const found = eventsOf(runId, rows.slice(at, at + rowsAtOnce), after, last - after);
      await Promise.all(found.large.map(({ event, column }) => restoreLarge(event, column, this.blobs, { showsLost })));
      for (const event of found.events) events.push(event);
    }
    return path === undefined ? inOrderWithoutGaps(runId, events, after) : inOrder(events);
  }

  async requests(runId: string | undefined): Promise<readonly OpenRequest[]> {
    const { schema } = this.database;
    const rows = await this.database.run<RecordRow & { readonly runId: string }>({
      sql: `SELECT runs.id AS "runId", ${columns}
        FROM ${schema}.human_inputs JOIN ${schema}.runs ON runs.number = human_inputs.run
          JOIN ${schema}.records ON records.run = human_inputs.run AND records.seq = human_inputs.seq
        WHERE $1::text IS NULL OR runs.id = $1 ORDER BY human_inputs.run, human_inputs.seq`,
      values: [runId === undefined ? null : cleanText(runId)],
    });
    return Promise.all(rows.map((row) => requestOf(row, this.blobs, {})));
  }

  /**
   * The streamed text of executions that have not ended. Text left by a process that died is ignored if its attempt has ended elsewhere.
   */
  async streams(runId: string): Promise<readonly StreamText[]> {
    const { schema } = this.database;
    const number = await this.numberOf(runId);
    const rows = await this.database.run<DeltaRow>({
      sql: `SELECT path, attempt, port, start, text FROM ${schema}.deltas d
        WHERE run = $1 AND NOT EXISTS (
          SELECT 1 FROM ${schema}.records r WHERE r.run = $1 AND r.path = d.path AND r.attempt >= d.attempt
            AND r.type IN ('node-end', 'node-error', 'node-skip', 'node-cached', 'node-retry'))
        ORDER BY number`,
      values: [number],
    });
    return joinDeltas(rows.map((row) => ({ ...row, text: JSON.parse(row.text) as string }))); // written by the stream line
  }

  private async numberOf(runId: string): Promise<number> {
    const [row] = await this.database.run<{ readonly number: number }>({
      name: 'heddle-number',
      sql: `SELECT number::float8 AS number FROM ${this.database.schema}.runs WHERE id = $1`,
      values: [cleanText(runId)],
    });
    if (row === undefined) throw runNotFound(runId);
    return row.number;
  }
}
