import type {
  Clock,
  Dispatch,
  Journal,
  NewWorker,
  RunBus,
  RunClaim,
  RunClaims,
  RunCommands,
  Workers,
  WorkerTimes,
} from '@heddle/core';
import type { EngineHost } from '@heddle/engine';
import type { Log } from '../common/log.js';
import type { RunHandles } from '../runs/state/run-handles.js';

/** Times of a worker in milliseconds, beside those of its life. */
export interface WorkTimes {
  /** How often it reads commands to its runs. */
  readonly commandMs: number;
  /** How often the watchdog checks for runs that nobody took. */
  readonly watchMs: number;
  /** How long a run may be ready before the watchdog claims it directly. */
  readonly patienceMs: number;
  /** How long runs may end by themselves when the worker drains. */
  readonly graceMs: number;
  /** How long a drain takes at most. */
  readonly drainMs: number;
}

/** The times of a worker, unless a setting shortens them. */
export const workTimes: WorkTimes = {
  commandMs: 400,
  watchMs: 2_000,
  patienceMs: 10_000,
  graceMs: 1_000,
  drainMs: 20_000,
};

/** What a worker works with. */
export interface WorkerParts {
  /** Who it is. Each life of it gets a boot of its own. */
  readonly worker: Omit<NewWorker, 'boot'>;
  /** What it can do now; those of `worker` without it. */
  readonly capabilities?: (() => readonly string[]) | undefined;
  /** Called for each run that it has claimed. */
  readonly onClaimed?: ((claim: RunClaim) => void) | undefined;
  /** The journal that several processes share. */
  readonly journal: Journal;
  readonly claims: RunClaims;
  readonly workers: Workers;
  readonly commands: RunCommands;
  /** Without it, runs are found by the watchdog alone. */
  readonly dispatch?: Dispatch | undefined;
  /** Whether hints arrive now; while they do not, the watchdog waits for none. */
  readonly hasHints?: (() => boolean) | undefined;
  /** The engine's surroundings: nodes, resources, limits. The journal and the events are the worker's. */
  readonly host: Omit<EngineHost, 'journal' | 'emit' | 'clock' | 'checkEffects'>;
  /** Carries what runs say to those who watch them, and tells of commands. Without it, watchers read the journal. */
  readonly bus?: RunBus | undefined;
  /** Receives what its runs say, for those who watch them in this process. */
  readonly onSaid?: EngineHost['emit'];
  /** The runs in memory, for others in this process. */
  readonly handles?: Pick<RunHandles, 'add' | 'remove'>;
  /** Called when a run has left memory. */
  readonly onLeft?: (runId: string) => void;
  /** How many recoveries in a row without progress end a run; 0 for no limit. */
  readonly crashLimit?: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly lifeTimes?: WorkerTimes | undefined;
  readonly times?: WorkTimes | undefined;
}
