import { steadySource, type Clock } from '@heddle/core';
import { createDeltaBuffer, type DeltaEvent, type DeltaRow } from './delta-buffer.js';
import type { RunChange } from './records/record-rows.js';

/** The most milliseconds until streamed text is stored. */
const deltaMs = 50;

type RowsByRun = ReadonlyMap<string, readonly DeltaRow[]>;

/** Collects the text that nodes stream until a commit stores it. */
export class StreamTexts {
  private readonly buffer = createDeltaBuffer();
  private readonly time: Pick<Clock, 'now' | 'at'>;
  private readonly requestCommit: () => void;
  /** The rows of the open transaction, kept for a rollback. */
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

  /** Drops the text of attempts and runs that an append ends, because their results contain it. */
  dropEnded(runId: string, change: RunChange): void {
    for (const path of change.ended ?? []) this.buffer.drop(runId, path);
    if (change.endedAt !== undefined) this.buffer.dropRun(runId);
  }

  /** Makes the next transaction store the text, however new it is. */
  makeDue(): void {
    this.isDue = true;
  }

  /** The rows for the transaction that begins; undefined if none are due. */
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
