/** A hint to the workers of a class that a run may be claimed. It may be lost, late or doubled: only the claim decides. */
export interface RunHint {
  readonly runId: string;
  readonly class: string;
  /** The epoch of the last claim: hints of one epoch are one job. */
  readonly epoch: number;
}

/** How hints are received. */
export interface ReceiveOptions {
  /** The classes of runs that the worker takes. */
  readonly classes: readonly string[];
  /** How many hints of each class may be in progress at a time. */
  readonly slots: number;
  /** Takes a hint. The hint is in progress until the promise settles; a rejection counts as settled. */
  readonly onHint: (hint: RunHint) => Promise<void>;
}

/** Receives hints until it is closed. */
export interface HintReceiver {
  /** Changes how many hints of each class may be in progress; with 0 it takes none. */
  setSlots(slots: number): void;
  /** Replaces what receives, without an end to the hints in progress. Those may arrive a second time, here or elsewhere. */
  reopen(): Promise<void>;
  /** Takes no more hints. Those in progress count as settled elsewhere only after their promises settle, or after their lock ends. */
  close(): Promise<void>;
}

/**
 * Tells workers which runs they may claim. A hint arrives at one receiver of its class, usually once, in the order in which hints were sent; it
 * arrives again if its receiver ended before it was settled. A journal has the truth: a hint that is lost costs time and nothing else.
 */
export interface Dispatch {
  /**
   * Sends hints. A hint that is sent again before it is settled is the same hint. Errors: `queue_unreachable`, `queue_refused`, `queue_failed`
   * and with a database `database_*`, `storage_*`.
   */
  send(hints: readonly RunHint[]): Promise<void>;
  /** Receives hints from now on, also while the engine of the queue is away: then they arrive when it is back. */
  receive(options: ReceiveOptions): HintReceiver;
  /** How many hints of a class wait for a receiver. Errors: as `send`. */
  waiting(className: string): Promise<number>;
  /** Ends all receivers and connections. */
  close(): Promise<void>;
}

/** Times of a queue in milliseconds. */
export interface DispatchTimes {
  /** A hint in progress whose receiver was silent for so long arrives elsewhere. */
  readonly lockMs: number;
  /** How often silent receivers are looked for. */
  readonly stalledMs: number;
}

/** The times of queues, unless a setting shortens them. */
export const dispatchTimes: DispatchTimes = { lockMs: 10_000, stalledMs: 5_000 };
