/** Times of a worker's life in milliseconds. */
export interface WorkerTimes {
  /** A worker renews its row this often. */
  readonly renewMs: number;
  /** A worker that could not renew for so long, by its steady clock, stops its runs and starts no effect. */
  readonly fenceMs: number;
  /** A worker that did not renew for so long, by the clock of the database, is dead. More than `fenceMs`. */
  readonly deadMs: number;
}

/** The times of workers, unless a setting shortens them. */
export const workerTimes: WorkerTimes = { renewMs: 2_000, fenceMs: 8_000, deadMs: 10_000 };

/** `ready` takes runs; `draining` finishes what it has; `retired` was replaced by a new boot of its name, has left or was dead. */
type WorkerState = 'ready' | 'draining' | 'retired';
/** The state of a worker that may be alive. */
export type LivingState = Exclude<WorkerState, 'retired'>;

/** What a process does: see `HEDDLE_ROLE`. */
type WorkerRole = 'all' | 'api' | 'worker';

/** A worker as it registers. */
export interface NewWorker {
  /** The name that stays the same over restarts, such as that of the host. */
  readonly name: string;
  /** A UUID of this process. */
  readonly boot: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  /** `worker` without it. A process that takes no runs has no slots. */
  readonly role?: WorkerRole;
  /** The classes of runs that it takes; `cpu` without it. */
  readonly classes?: readonly string[];
  /** How many runs it works on at a time. */
  readonly slots: number;
  /** Whether it takes no runs yet, because an operator let an earlier boot of it drain. */
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

/** A worker in the registry, with what it has. */
export type ListedWorker = Required<WorkerRow> & {
  /** The runs that it has now. */
  readonly runs: number;
};

/** The processes that run runs. A boot that is dead or retired never comes back: the process registers again, as another boot. */
export interface Workers {
  /** Adds a worker. Earlier boots of its name are retired, and their runs lose their owner, in the same commit. */
  register(worker: NewWorker): Promise<void>;
  /**
   * Says that a worker lives, and what it can do now. Gives its state; undefined if it is dead or retired: its runs may be elsewhere.
   */
  renew(boot: string, capabilities?: readonly string[]): Promise<LivingState | undefined>;
  /** Takes no more runs from now on. */
  drain(boot: string): Promise<void>;
  /** Takes a worker out; its runs lose their owner. */
  leave(boot: string): Promise<void>;
  list(): Promise<readonly ListedWorker[]>;
}
