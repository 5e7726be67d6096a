import { HeddleError, toHeddleError, type LiveEvent, type RunRecord, type StreamEvent } from '@heddle/core';
import type { EngineHost } from '../host.js';

/** Something that continues once its record is committed. */
export interface Committed {
  onCommitted(): void;
}

/** The records that are appended to the journal together. */
export interface Batch {
  readonly records: readonly RunRecord[];
  readonly after: readonly Committed[];
  readonly isPowerSafe: boolean;
}

/** The result of a batch that the journal did not answer at once. */
export type BatchResult =
  { readonly batch: Batch; readonly seq: number } | { readonly batch: Batch; readonly error: HeddleError };

// A result is journaled before its edges settle: what depends on a record waits in `after`.
// `seq` is given in the commit, and a durable event is sent after it.
// The journal gets one batch at a time, and the next one waits for its answer. So a refused batch that is retried still comes before
// records that were added after it.

interface OutboxListener {
  /** Called when a record was added outside a tick. */
  onAdded(): void;
  /** Called when the journal answers a batch later. */
  onResult(result: BatchResult): void;
  /** Called when the journal refuses a batch at once. */
  onRefusal(batch: Batch, error: HeddleError): void;
}

/** Collects the records of a tick, appends them to the journal as one batch, and sends the events in order, one batch per tick. */
export class Outbox {
  private records: RunRecord[] = [];
  private after: Committed[] = [];
  private isPowerSafe = false;
  private events: StreamEvent[] = [];
  /** Whether a batch is open: the journal has not answered yet, or has refused it and will get it again. */
  isWaiting = false;
  /** While set, events wait for the end of the tick. */
  isTick = false;
  isClosed = false;

  readonly runId: string;
  private readonly host: Pick<EngineHost, 'journal' | 'emit'>;
  private readonly listener: OutboxListener;

  constructor(host: Pick<EngineHost, 'journal' | 'emit'>, runId: string, listener: OutboxListener) {
    this.host = host;
    this.runId = runId;
    this.listener = listener;
  }

  /** Whether `flush` would append something. */
  get isReady(): boolean {
    return this.records.length > 0 && !this.isWaiting;
  }

  /** Adds a record; `after` continues when it is committed. */
  add(record: RunRecord, after?: Committed, isPowerSafe = false): void {
    if (this.isClosed) return;
    this.records.push(record);
    if (after !== undefined) this.after.push(after);
    if (isPowerSafe) this.isPowerSafe = true;
    // Nothing may follow the last record of a run; the journal would refuse the batch.
    if (record.type === 'run-end' || record.type === 'run-pause') this.isClosed = true;
    if (!this.isTick) this.listener.onAdded();
  }

  /** Adds a record and resolves when it is committed. Errors: `aborted` if the run is no longer written. */
  commitRecord(record: RunRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) reject(new HeddleError('aborted', `Run '${this.runId}' can no longer be written.`));
      else this.add(record, { onCommitted: resolve });
    });
  }

  /**
   * Appends all collected records to the journal, unless a batch is open. If the journal commits them at once, what waited for them
   * continues at once.
   */
  flush(): void {
    if (!this.isReady) return;
    const batch: Batch = { records: this.records, after: this.after, isPowerSafe: this.isPowerSafe };
    this.records = [];
    this.after = [];
    this.isPowerSafe = false;
    this.send(batch);
  }

  /** Appends a batch, or retries one that the journal refused. */
  send(batch: Batch): void {
    let answer: number | Promise<number>;
    try {
      answer = this.host.journal.append(this.runId, batch.records, batch.isPowerSafe ? powerSafe : undefined);
    } catch (error) {
      this.listener.onRefusal(batch, toHeddleError(error));
      return;
    }
    if (typeof answer === 'number') {
      this.commit(batch, answer);
      return;
    }
    this.isWaiting = true;
    answer.then(
      (seq) => this.listener.onResult({ batch, seq }),
      (error: unknown) => this.listener.onResult({ batch, error: toHeddleError(error) }),
    );
  }

  /** Stops writing for good. Records that were not appended yet are dropped. */
  giveUp(): void {
    this.isClosed = true;
    this.isWaiting = false;
    this.records = [];
    this.after = [];
  }

  /** Sends the events of a committed batch and continues what waited for it. */
  commit(batch: Batch, first: number): void {
    let seq = first;
    for (const record of batch.records) {
      // A record with a run id and a `seq` is the event of the same type; the spread loses this from the union type.
      this.events.push({ ...record, runId: this.runId, seq });
      seq += 1;
    }
    for (const waiting of batch.after) waiting.onCommitted();
  }

  /** Sends an event that is not recorded. */
  live(event: LiveEvent): void {
    if (this.isClosed) return;
    if (this.isTick) this.events.push(event);
    else this.host.emit(this.runId, [event]);
  }

  /** Sends the events of the tick. */
  emit(): void {
    if (this.events.length === 0) return;
    const events = this.events;
    this.events = [];
    this.host.emit(this.runId, events);
  }
}

const powerSafe = { isPowerSafe: true } as const;
