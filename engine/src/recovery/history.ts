import type { ErrorValue, Label, LabelledValue, RunEvent, RunEventOf } from '@heddle/core';
import type { Outputs } from '../scheduler/scheduler-types.js';

/** A question of an execution. */
export interface RequestEntry {
  readonly requestId: string;
  readonly path: string;
  readonly key: string;
  readonly question: RunEventOf<'human-input-start'>['question'];
  /** Stages whose time has come and that are recorded. */
  readonly reminded: Set<RunEventOf<'human-input-remind'>['stage']>;
  end: RunEventOf<'human-input-end'> | Omit<RunEventOf<'human-input-end'>, 'seq' | 'runId'> | undefined;
}

/** How a nested run ended. */
export type NestedEnd =
  { readonly outputs: Outputs } | { readonly error: ErrorValue; readonly label?: Label | undefined };

/** What an execution has done before, so that a re-entry returns it at once. */
export interface History {
  /** Starts so far. */
  attempt: number;
  /** Failed attempts so far. */
  failures: number;
  /** The last thing that the journal says: nothing, it started, it waits for its retry, it is suspended, or something came while it was suspended. */
  last: 'none' | 'start' | 'retry' | 'suspend' | 'woken';
  retryAt: number | undefined;
  /** How long the pause before the retry was meant to be, in milliseconds. */
  retryMs: number;
  /** Why it was suspended. */
  suspendReason: RunEventOf<'node-suspend'>['reason'] | undefined;
  readonly steps: Map<string, LabelledValue>;
  readonly nested: Map<string, NestedEnd>;
  readonly requests: Map<string, RequestEntry>;
  /** Times of `sleep` calls, in order of the calls. */
  readonly sleeps: number[];
}

/** The history of an execution that has done nothing yet. */
export function emptyHistory(): History {
  return {
    attempt: 0,
    failures: 0,
    last: 'none',
    retryAt: undefined,
    retryMs: 0,
    suspendReason: undefined,
    steps: new Map(),
    nested: new Map(),
    requests: new Map(),
    sleeps: [],
  };
}

/** Events that settle a node: what a scheduler is replayed from. */
export type SettlingEvent = RunEventOf<'node-end'> | RunEventOf<'node-cached'> | RunEventOf<'node-error'>;

/** Everything that the journal says about a run, sorted so that the run can go on. */
export interface PastRun {
  readonly histories: Map<string, History>;
  /** By prefix of the paths: `` for the run itself, `each#1/` for a nested run. */
  readonly settled: Map<string, SettlingEvent[]>;
  /** Decisions that were recorded; a replay makes them again and must not record them twice. */
  readonly derived: Set<string>;
  readonly requests: Map<string, RequestEntry>;
  /** The last breakpoint was answered with a step. */
  isStepping: boolean;
  status: 'queued' | 'running' | 'suspended' | 'paused' | 'ended';
  end: RunEventOf<'run-end'> | undefined;
  cancelRequest: RunEventOf<'cancel-request'> | undefined;
}

/** The name of a derived decision in `PastRun.derived`. */
export function derivedKey(event: { readonly type: string; readonly path: string }): string {
  return `${event.type} ${event.path}`;
}

/** A record of events. */
export type ReadonlyEvents = readonly RunEvent[];
