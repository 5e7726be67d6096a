import { steadySource, type Clock } from '@heddle/core';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import type { Statement } from '../../postgres/query.js';
import { createDeltaBuffer, type DeltaEvent, type DeltaRow } from '../delta-buffer.js';
import type { RunChange } from '../records/record-rows.js';

/** The most milliseconds until streamed text is stored. Watchers get it earlier, as live events. */
const deltaMs = 250;

type RowsByRun = ReadonlyMap<string, readonly DeltaRow[]>;

/** Collects the text that nodes stream, and stores it periodically. Text that cannot be stored is tried again. */
export class StreamLine {
  private readonly database: PostgresDatabase;
  private readonly time: Pick<Clock, 'now' | 'at'>;
  private readonly buffer = createDeltaBuffer();
  /** The epoch of each run that this process owns. Runs without an owner have none. */
  private readonly epochs = new Map<string, number>();
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

  readonly has = (runId: string, path: string): boolean => this.stored.get(runId)?.has(path) === true;

  /** Drops the text of attempts and runs that an append ended, because their results contain it. */
  dropEnded(runId: string, change: RunChange): void {
    for (const path of change.ended ?? []) {
      this.buffer.drop(runId, path);
      this.stored.get(runId)?.delete(path);
    }
    if (change.endedAt !== undefined) this.forget(runId);
  }

  /** Stores the waiting text. Never rejects. */
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
      // Streamed text is only for watchers. The result comes with a record, whose errors are reported.
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
        // As JSON, because a text may have characters that Postgres refuses.
        rows.map(({ text }) => JSON.stringify(text)),
      ],
    };
  }
}
