import { HeddleError, toHeddleError, type LiveEvent, type RunRecord, type StreamEvent } from '@heddle/core';
import type { EngineHost } from '../host.js';

/** Something that goes on when its record is committed. */
export interface Committed {
  onCommitted(): void;
}

/** Records that went to the journal together. */
export interface Batch {
  readonly records: readonly RunRecord[];
  readonly after: readonly Committed[];
  readonly isPowerSafe: boolean;
}

/** How a batch fared, where the journal did not answer at once. */
export type BatchResult =
  { readonly batch: Batch; readonly seq: number } | { readonly batch: Batch; readonly error: HeddleError };

// A result is journaled before its edges settle: what depends on a record waits in `after`.
// A seq is given in the commit, and a durable event is sent after it.
// One batch is with the journal at a time: what follows waits for its answer, so that a refused batch that is tried again still
// comes before what was recorded after it.

/** What the outbox tells its owner. */
interface OutboxListener {
  /** A record was added outside of a tick. */
  onAdded(): void;
  /** The journal answered later. */
  onResult(result: BatchResult): void;
  /** The journal refused a batch at once. */
  onRefusal(batch: Batch, error: HeddleError): void;
}

/** Collects the records of a tick, hands them to the journal as one batch, and sends events in order, a batch a tick. */
export class Outbox {
  private records: RunRecord[] = [];
  private after: Committed[] = [];
  private isPowerSafe = false;
  private events: StreamEvent[] = [];
  /** The journal has a batch that it has not taken yet: it has not answered, or has refused it and will be asked again. */
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

  /** Whether `flush` would hand something to the journal. */
  get isReady(): boolean {
    return this.records.length > 0 && !this.isWaiting;
  }

  /** Adds a record; `after` goes on when it is committed. */
  add(record: RunRecord, after?: Committed, isPowerSafe = false): void {
    if (this.isClosed) return;
    this.records.push(record);
    if (after !== undefined) this.after.push(after);
    if (isPowerSafe) this.isPowerSafe = true;
    // Nothing may follow the last record of a run, or the journal would refuse the batch.
    if (record.type === 'run-end' || record.type === 'run-pause') this.isClosed = true;
    if (!this.isTick) this.listener.onAdded();
  }

  /** Adds a record and resolves when it is committed. Errors: `aborted` where the run is not written any more. */
  commitRecord(record: RunRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) reject(new HeddleError('aborted', `Run '${this.runId}' is not written any more.`));
      else this.add(record, { onCommitted: resolve });
    });
  }

  /** Hands everything to the journal, unless that has a batch already. What the journal commits at once goes on at once. */
  flush(): void {
    if (!this.isReady) return;
    const batch: Batch = { records: this.records, after: this.after, isPowerSafe: this.isPowerSafe };
    this.records = [];
    this.after = [];
    this.isPowerSafe = false;
    this.send(batch);
  }

  /** Tries a batch that the journal refused once more. */
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

  /** Nothing is written any more; what has not gone to the journal is dropped. */
  giveUp(): void {
    this.isClosed = true;
    this.isWaiting = false;
    this.records = [];
    this.after = [];
  }

  /** Sends the events of a committed batch and lets go on what waited for it. */
  commit(batch: Batch, first: number): void {
    let seq = first;
    for (const record of batch.records) {
      // A record with its run and seq is the event of the same kind; the spread loses that from the union.
      this.events.push({ ...record, runId: this.runId, seq });
      seq += 1;
    }
    for (const waiting of batch.after) waiting.onCommitted();
  }

  /** Sends an event of the moment. */
  live(event: LiveEvent): void {
    if (this.isClosed) return;
    if (this.isTick) this.events.push(event);
    else this.host.emit(this.runId, [event]);
  }

  /** Sends what the tick gave. */
  emit(): void {
    if (this.events.length === 0) return;
    const events = this.events;
    this.events = [];
    this.host.emit(this.runId, events);
  }
}

const powerSafe = { isPowerSafe: true } as const;
