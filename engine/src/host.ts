import type {
  CallScope,
  Clock,
  ErrorValue,
  HeddleError,
  Journal,
  LabelledValue,
  NodeCatalog,
  PauseCause,
  PlanBundle,
  Plan,
  Resources,
  ResultReuse,
  RunAcceptance,
  SecretHandle,
  StreamEvent,
} from '@heddle/core';
import type { Limits } from './limits/limits.js';
import type { RunSnapshot } from './run/run-snapshot.js';

/** What the host gives to the engine, which has no I/O and no clock of its own. */
export interface EngineHost {
  readonly catalog: NodeCatalog;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly resources: Resources;
  /** Concurrency limits, shared by all runs of the host. */
  readonly limits: Limits;
  /** A handle of a named secret, for one execution. Errors: `secret_not_found`. */
  secret(name: string, scope: CallScope): Promise<SecretHandle>;
  /** Receives a run's events in order, in one batch per tick; durable ones after their commit. Must not throw. */
  emit(runId: string, events: readonly StreamEvent[]): void;
  /** Results that runs reuse from each other; without it, every run computes everything. */
  readonly reuse?: ResultReuse;
  /** A number in [0, 1): retry jitter. */
  random(): number;
  /** Compiles a stored bundle again, for recovery. Errors: `workflow_invalid`. */
  compile(bundle: PlanBundle): Plan | Promise<Plan>;
  /** Throws if this process may not let an effect out now, because another may have the run. Asked before each step. */
  checkEffects?(): void;
  /** Milliseconds between signs of life of a running node; default 5,000. */
  readonly beatMs?: number;
  /** Deepest nesting of runs; default 16. */
  readonly maxNesting?: number;
  /** Executions of one run that may be running at once; default 256. Suspended ones and those that wait for nested runs do not count. */
  readonly maxParallel?: number;
  /** Milliseconds that an aborted call has to return before it is given up; default 5,000. */
  readonly graceMs?: number;
  /** Calls back in a later tick of the event loop, so that a long run of quick nodes does not block others; default `setImmediate`. */
  later?(callback: () => void): void;
}

/** How a run stands when it leaves memory. */
export interface RunOutcome {
  readonly runId: string;
  /** `released`: this process stops working on the run; the journal keeps its state. `paused` with an error: the journal could not be written. */
  readonly status: 'done' | 'failed' | 'cancelled' | 'suspended' | 'paused' | 'released';
  readonly outputs?: Readonly<Record<string, LabelledValue>>;
  readonly error?: ErrorValue;
  /** For suspended runs: when the run wakes by itself (epoch milliseconds), and what it waits for. */
  readonly until?: number;
  readonly requests?: readonly string[];
}

/**
 * A run in memory. A suspended run leaves memory (`done` resolves with `suspended`): to answer it, call `resumeRun` with its events
 * and, in the same tick of the event loop, `answer` on the new handle; to wake it at `until`, call `resumeRun` then.
 */
export interface RunHandle {
  readonly runId: string;
  /** Resolves when the run is terminal, suspended, paused or released; never rejects for a failed run. */
  readonly done: Promise<RunOutcome>;
  /**
   * Requests a cancel. The signal is delivered at once; the terminal status follows when all work has ended. Resolves with true when the
   * request is committed, and with false if the run left memory before.
   * `fault`: why the host itself gives the run up; the run ends with this error.
   */
  cancel(by?: string, reason?: string, fault?: HeddleError): Promise<boolean>;
  /**
   * Answers an open question; breakpoints and `atMostOnce` decisions are questions too. Errors: `human_input_not_found`, `human_input_decided`,
   * `human_input_invalid`, `run_terminal`. Resolves when committed.
   */
  answer(
    requestId: string,
    answer: { readonly value: unknown; readonly by?: string; readonly reason?: string },
  ): Promise<void>;
  /**
   * What an execution sleeps for has come before its time: it runs again and checks. Nothing happens where it does not sleep, so the host
   * keeps what came and tells it again to a run that it takes up.
   */
  wake(path: string): void;
  /** Stops without ending the run (SIGTERM): aborts tasks, writes nothing more, and resolves when all have returned. */
  release(): Promise<void>;
  /** The present state of the run: which executions work, which wait, and for what. */
  snapshot(): RunSnapshot;
  /** Aborts everything and leaves the run `paused`; `resumeRun` continues it. */
  pause(pause: RunPause): void;
}

/** Why a run is paused. */
export interface RunPause {
  readonly cause?: PauseCause | undefined;
  /** For people. */
  readonly reason: string;
}

/** An accepted run as the journal stores it: the input of `startRun` and `resumeRun`. */
export interface AcceptedRun {
  readonly plan: Plan;
  readonly acceptance: RunAcceptance;
  /** Set if the run begins before the disk has its acceptance. Effects outside this process wait for it, and fail if it rejects. */
  readonly stored?: Promise<unknown>;
}
