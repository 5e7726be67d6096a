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

/** What the host provides to the engine, which has no I/O and no clock of its own. */
export interface EngineHost {
  readonly catalog: NodeCatalog;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly resources: Resources;
  /** Concurrency limits, shared by all runs of the host. */
  readonly limits: Limits;
  /** Returns a handle of a named secret for one execution. Errors: `secret_not_found`. */
  secret(name: string, scope: CallScope): Promise<SecretHandle>;
  /** Receives a run's events in order, in one batch per tick; durable events come after their commit. Must not throw. */
  emit(runId: string, events: readonly StreamEvent[]): void;
  /** Lets runs reuse results of other runs; without it, every run computes everything. */
  readonly reuse?: ResultReuse;
  /** A number in [0, 1), for retry jitter. */
  random(): number;
  /** Compiles a stored bundle again, for recovery. Errors: `workflow_invalid`. */
  compile(bundle: PlanBundle): Plan | Promise<Plan>;
  /** Throws if this process may not have an effect now, because another process may own the run. Called before each step. */
  checkEffects?(): void;
  /** Milliseconds between signs of life of a running node; default 5,000. */
  readonly beatMs?: number;
  /** How deep nested runs may nest; default 16. */
  readonly maxNesting?: number;
  /** How many executions of one run may run at once; default 256. Executions that are suspended or wait for nested runs do not count. */
  readonly maxParallel?: number;
  /** Milliseconds that an aborted call has to return before it is given up; default 5,000. */
  readonly graceMs?: number;
  /** Calls back in a later tick of the event loop, so that a long run of quick nodes does not block others; default `setImmediate`. */
  later?(callback: () => void): void;
}

/** The state of a run when it leaves memory. */
export interface RunOutcome {
  readonly runId: string;
  /**
   * `released`: this process stops working on the run, and the journal keeps its state. `paused` with an error: the journal could not be
   * written.
   */
  readonly status: 'done' | 'failed' | 'cancelled' | 'suspended' | 'paused' | 'released';
  readonly outputs?: Readonly<Record<string, LabelledValue>>;
  readonly error?: ErrorValue;
  /** For a suspended run: when it wakes by itself, in epoch milliseconds. */
  readonly until?: number;
  readonly requests?: readonly string[];
}

/**
 * A run in memory. A suspended run leaves memory: `done` resolves with `suspended`. To answer it, call `resumeRun` with its events and, in
 * the same tick of the event loop, `answer` on the new handle. To wake it at `until`, call `resumeRun` then.
 */
export interface RunHandle {
  readonly runId: string;
  /** Resolves when the run is terminal, suspended, paused or released; never rejects for a failed run. */
  readonly done: Promise<RunOutcome>;
  /**
   * Requests a cancel. The signal is delivered at once; the terminal status follows when all work has ended. Resolves with true when the
   * request is committed, and with false if the run left memory before that. With `fault`, the host itself gives the run up, and the run
   * ends with this error.
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
   * Wakes an execution whose event came before its time: the execution runs again and checks. If it is not sleeping, nothing happens; so
   * the host keeps the event and calls `wake` again when it resumes the run.
   */
  wake(path: string): void;
  /** Stops without ending the run (SIGTERM): aborts tasks, writes nothing more, and resolves when all functions have returned. */
  release(): Promise<void>;
  /** The present state of the run: which executions run, which wait, and for what. */
  snapshot(): RunSnapshot;
  /** Aborts everything and leaves the run `paused`. `resumeRun` continues it. */
  pause(pause: RunPause): void;
}

/** Why a run is paused. */
export interface RunPause {
  readonly cause?: PauseCause | undefined;
  /** A text for people. */
  readonly reason: string;
}

/** An accepted run as the journal stores it: the input of `startRun` and `resumeRun`. */
export interface AcceptedRun {
  readonly plan: Plan;
  readonly acceptance: RunAcceptance;
  /** Set if the run begins before its acceptance is on the disk. Effects outside this process wait for it, and fail if it rejects. */
  readonly stored?: Promise<unknown>;
}
