/** Times of workers in milliseconds. */
export interface WorkerTimes {
  /** A worker renews its row this often. */
  readonly renewMs: number;
  /** A worker that could not renew its row for this long, by its steady clock, stops its runs and starts no effects. */
  readonly fenceMs: number;
  /** A worker that has not renewed its row for this long, by the clock of the database, is dead. Longer than `fenceMs`. */
  readonly deadMs: number;
}

/** The default times of workers. */
export const workerTimes: WorkerTimes = { renewMs: 2_000, fenceMs: 8_000, deadMs: 10_000 };

/** `ready` takes runs; `draining` only finishes its runs; `retired` was replaced by a new boot of the same name, has left, or was dead. */
type WorkerState = 'ready' | 'draining' | 'retired';
/** The state of a worker that may be alive. */
export type LivingState = Exclude<WorkerState, 'retired'>;

/** The role of a process: see `HEDDLE_ROLE`. */
type WorkerRole = 'all' | 'api' | 'worker';

/** A worker that registers. */
export interface NewWorker {
  /** A name that stays the same over restarts, such as that of the host. */
  readonly name: string;
  /** A UUID of this process. */
  readonly boot: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  /** Default: `worker`. A process that takes no runs has no slots. */
  readonly role?: WorkerRole;
  /** The classes of runs that it takes. Default: `cpu`. */
  readonly classes?: readonly string[];
  /** How many runs it can run at the same time. */
  readonly slots: number;
  /** Whether it takes no runs yet, because an operator drained an earlier boot of it. */
  readonly isDraining?: boolean;
}

/** A worker in the registry. */
export interface WorkerRow extends Omit<NewWorker, 'isDraining'> {
  readonly state: WorkerState;
  /** Whether it renewed its row within `deadMs`, by the clock of the database. */
  readonly isAlive: boolean;
  /** Milliseconds since it last renewed its row. */
  readonly silentMs: number;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
}

/** A registered worker with the number of its runs. */
export type ListedWorker = Required<WorkerRow> & {
  readonly runs: number;
};

/** The registry of workers. A dead or retired boot never comes back: the process registers again with another boot. */
export interface Workers {
  /** Adds a worker. In the same commit, earlier boots of its name are retired and their runs lose their owner. */
  register(worker: NewWorker): Promise<void>;
  /**
   * Renews a worker's row and updates its capabilities. Returns its state; undefined if it is dead or retired, in which case other workers
   * may have its runs.
   */
  renew(boot: string, capabilities?: readonly string[]): Promise<LivingState | undefined>;
  /** Makes a worker take no more runs. */
  drain(boot: string): Promise<void>;
  /** Removes a worker; its runs lose their owner. */
  leave(boot: string): Promise<void>;
  list(): Promise<readonly ListedWorker[]>;
}
