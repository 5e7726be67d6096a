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

/** Intervals and limits of a worker in milliseconds; `lifeTimes` has those of its registration. */
export interface WorkTimes {
  /** How often it reads the commands to its runs. */
  readonly commandMs: number;
  /** How often the watchdog checks for runs that no worker took. */
  readonly watchMs: number;
  /** How long a run may be ready before the watchdog claims it directly. */
  readonly patienceMs: number;
  /** How long runs have to end by themselves when the worker drains. */
  readonly graceMs: number;
  /** The longest duration of a drain. */
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

export interface WorkerParts {
  /** Identifies the worker. Each of its lives gets a boot id of its own. */
  readonly worker: Omit<NewWorker, 'boot'>;
  /** The current capabilities. Default: those of `worker`. */
  readonly capabilities?: (() => readonly string[]) | undefined;
  /** Called for each run that the worker claims. */
  readonly onClaimed?: ((claim: RunClaim) => void) | undefined;
  /** The journal that several processes share. */
  readonly journal: Journal;
  readonly claims: RunClaims;
  readonly workers: Workers;
  readonly commands: RunCommands;
  /** If undefined, only the watchdog finds runs. */
  readonly dispatch?: Dispatch | undefined;
  /** Whether hints arrive at present. While they do not, the watchdog claims runs without waiting for hints. */
  readonly hasHints?: (() => boolean) | undefined;
  /** The engine's host: nodes, resources, limits. The worker adds the journal and the events. */
  readonly host: Omit<EngineHost, 'journal' | 'emit' | 'clock' | 'checkEffects'>;
  /** Carries events to watchers in other processes, and notifications about commands. If undefined, watchers read the journal. */
  readonly bus?: RunBus | undefined;
  /** Receives the events of its runs, for watchers in this process. */
  readonly onEvents?: EngineHost['emit'];
  /** The runs in memory, for other parts of this process. */
  readonly handles?: Pick<RunHandles, 'add' | 'remove'>;
  /** Called when a run has left memory. */
  readonly onLeft?: (runId: string) => void;
  /** After how many recoveries in a row without a new record a run ends; 0 means no limit. */
  readonly crashLimit?: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly lifeTimes?: WorkerTimes | undefined;
  readonly times?: WorkTimes | undefined;
}
