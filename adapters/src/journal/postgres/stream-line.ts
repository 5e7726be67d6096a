import { steadySource, type Clock } from '@heddle/core';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import type { Statement } from '../../postgres/query.js';
import { createDeltaBuffer, type DeltaEvent, type DeltaRow } from '../delta-buffer.js';
import type { RunChange } from '../records/record-rows.js';

/** Streamed text is stored at most this many milliseconds after it came: others read it live. */
const deltaMs = 250;

type RowsByRun = ReadonlyMap<string, readonly DeltaRow[]>;

/** Collects the text that nodes stream, and stores it now and then. A text that cannot be stored waits for the next time. */
export class StreamLine {
  private readonly database: PostgresDatabase;
  private readonly time: Pick<Clock, 'now' | 'at'>;
  private readonly buffer = createDeltaBuffer();
  /** The epoch in which this process owns a run; runs without an owner have none. */
  private readonly epochs = new Map<string, number>();
  /** Paths with stored text, by run. */
  private readonly stored = new Map<string, Set<string>>();
  private storing: Promise<void> = Promise.resolve();
  private stopTimer: (() => void) | undefined;

  constructor(database: PostgresDatabase, clock: Clock) {
    this.database = database;
    this.time = steadySource(clock);
  }

  add(runId: string, deltas: readonly DeltaEvent[], epoch: number | undefined): void {
    if (epoch === undefined) this.epochs.delete(runId);
    else this.epochs.set(runId, epoch);
    if (this.buffer.add(runId, deltas)) void this.flush();
    else this.storeSoon();
  }

  /** Whether text of this path is stored. */
  readonly has = (runId: string, path: string): boolean => this.stored.get(runId)?.has(path) === true;

  /** Forgets the text of attempts and runs that an append ended: their results hold it. */
  dropEnded(runId: string, change: RunChange): void {
    for (const path of change.ended ?? []) {
      this.buffer.drop(runId, path);
      this.stored.get(runId)?.delete(path);
    }
    if (change.endedAt !== undefined) this.forget(runId);
  }

  /** Stores what waits. Never rejects. */
  flush(): Promise<void> {
    this.stopTimer?.();
    this.stopTimer = undefined;
    this.storing = this.storing.then(() => this.store());
    return this.storing;
  }

  private async store(): Promise<void> {
    const taken = this.buffer.take();
    if (taken.size === 0) return;
    try {
      await this.database.run(this.statementOf(taken));
      for (const [runId, rows] of taken) this.noteStored(runId, rows);
    } catch {
      // The text of a run is for those who watch it: its result comes with a record, whose errors are reported.
      this.buffer.putBack(taken);
      this.storeSoon();
    }
  }

  close(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  private forget(runId: string): void {
    this.buffer.dropRun(runId);
    this.stored.delete(runId);
    this.epochs.delete(runId);
  }

  private noteStored(runId: string, rows: readonly DeltaRow[]): void {
    const paths = this.stored.get(runId) ?? new Set();
    for (const { path } of rows) paths.add(path);
    this.stored.set(runId, paths);
  }

  private storeSoon(): void {
    this.stopTimer ??= this.time.at(this.time.now() + deltaMs, () => {
      this.stopTimer = undefined;
      void this.flush();
    });
  }

  private statementOf(taken: RowsByRun): Statement {
    const rows = [...taken].flatMap(([runId, found]) =>
      found.map((row) => ({ ...row, runId, epoch: this.epochs.get(runId) ?? null })),
    );
    const { schema } = this.database;
    return {
      name: 'heddle-deltas',
      sql: `INSERT INTO ${schema}.deltas (run, path, attempt, port, start, text)
        SELECT runs.number, d.path, d.attempt, d.port, d.start, d.text
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::int[], $5::text[], $6::int[], $7::text[])
          WITH ORDINALITY AS d(id, epoch, path, attempt, port, start, text, ordinal) JOIN ${schema}.runs ON runs.id = d.id
        WHERE runs.status NOT IN ('done', 'failed', 'cancelled')
          AND (d.epoch IS NULL OR (runs.owner IS NOT NULL AND runs.epoch = d.epoch))
        ORDER BY d.ordinal`,
      values: [
        rows.map(({ runId }) => runId),
        rows.map(({ epoch }) => epoch),
        rows.map(({ path }) => path),
        rows.map(({ attempt }) => attempt),
        rows.map(({ port }) => port),
        rows.map(({ start }) => start),
        // As JSON: a text may have signs that Postgres does not take.
        rows.map(({ text }) => JSON.stringify(text)),
      ],
    };
  }
}
