import { steadySource, type Clock } from '@heddle/core';
import { createDeltaBuffer, type DeltaEvent, type DeltaRow } from './delta-buffer.js';
import type { RunChange } from './records/record-rows.js';

/** Streamed text is stored at most this many milliseconds after it came. */
const deltaMs = 50;

/** Streamed text by run, as rows of `deltas`. */
type RowsByRun = ReadonlyMap<string, readonly DeltaRow[]>;

/** Collects the text that nodes stream until a commit takes it along. */
export class StreamTexts {
  private readonly buffer = createDeltaBuffer();
  private readonly time: Pick<Clock, 'now' | 'at'>;
  private readonly requestCommit: () => void;
  /** Rows of the transaction that is open. */
  private inFlight: RowsByRun | undefined;
  private isDue = false;
  private stopTimer: (() => void) | undefined;

  constructor(clock: Clock, requestCommit: () => void) {
    this.time = steadySource(clock);
    this.requestCommit = requestCommit;
  }

  add(runId: string, deltas: readonly DeltaEvent[]): void {
    if (this.buffer.add(runId, deltas)) this.storeNow();
    else this.storeSoon();
  }

  /** Drops the text of attempts and runs that an append ends: their results hold it. */
  dropEnded(runId: string, change: RunChange): void {
    for (const path of change.ended ?? []) this.buffer.drop(runId, path);
    if (change.endedAt !== undefined) this.buffer.dropRun(runId);
  }

  /** The next transaction takes the text along, however new it is. */
  makeDue(): void {
    this.isDue = true;
  }

  /** At the head of a transaction: the rows that it writes; undefined if none are due. */
  takeDue(): RowsByRun | undefined {
    if (!this.isDue) return undefined;
    this.isDue = false;
    this.inFlight = this.buffer.take();
    return this.inFlight;
  }

  onCommit(): void {
    this.inFlight = undefined;
  }

  onRollback(): void {
    if (this.inFlight === undefined) return;
    this.buffer.putBack(this.inFlight);
    this.inFlight = undefined;
    this.storeSoon();
  }

  close(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  private storeSoon(): void {
    this.stopTimer ??= this.time.at(this.time.now() + deltaMs, () => {
      this.stopTimer = undefined;
      this.storeNow();
    });
  }

  private storeNow(): void {
    this.isDue = true;
    this.requestCommit();
  }
}
