/** A hint to the workers of a class that a run may be claimed. It may be lost, late or duplicated: only the claim decides. */
export interface RunHint {
  readonly runId: string;
  readonly class: string;
  /** The epoch of the last claim. Hints with the same epoch are one job. */
  readonly epoch: number;
}

/** Options of `Dispatch.receive`. */
export interface ReceiveOptions {
  /** The classes of runs that the worker takes. */
  readonly classes: readonly string[];
  /** How many hints of each class may be in progress at the same time. */
  readonly slots: number;
  /** Handles a hint. The hint is in progress until the promise settles; a rejection counts as settled. */
  readonly onHint: (hint: RunHint) => Promise<void>;
}

/** Receives hints until it is closed. */
export interface HintReceiver {
  /** Changes how many hints of each class may be in progress; 0 stops receiving. */
  setSlots(slots: number): void;
  /** Opens the receiver again without ending the hints in progress. These may arrive a second time, here or elsewhere. */
  reopen(): Promise<void>;
  /** Stops receiving. Hints in progress stay locked until their promises settle or their lock expires. */
  close(): Promise<void>;
}

/**
 * Tells workers which runs they may claim. A hint arrives at one receiver of its class, usually once, in the order of sending. It arrives
 * again if its receiver ended before the hint was settled. The journal has the truth: a lost hint only costs time.
 */
export interface Dispatch {
  /**
   * Sends hints. A hint that is sent again before it is settled counts as the same hint. Errors: `queue_unreachable`, `queue_refused`,
   * `queue_failed`; with a database also `database_*`, `storage_*`.
   */
  send(hints: readonly RunHint[]): Promise<void>;
  /** Starts to receive hints. While the queue server is unreachable, hints are delayed until it is back. */
  receive(options: ReceiveOptions): HintReceiver;
  /** The number of hints of a class that wait for a receiver. Errors: as `send`. */
  waiting(className: string): Promise<number>;
  /** Closes all receivers and connections. */
  close(): Promise<void>;
}

/** Times of a queue in milliseconds. */
export interface DispatchTimes {
  /** If the receiver of a hint in progress is silent for this long, the hint arrives elsewhere. */
  readonly lockMs: number;
  /** The interval between checks for silent receivers. */
  readonly stalledMs: number;
}

/** The default times of queues. */
export const dispatchTimes: DispatchTimes = { lockMs: 10_000, stalledMs: 5_000 };
