import type { ErrorValue, Label, LabelledValue, RunEvent, RunEventOf } from '@heddle/core';
import type { Outputs } from '../scheduler/scheduler-types.js';

/** A question of an execution, with its end once it has one. */
export interface RequestEntry {
  readonly requestId: string;
  readonly path: string;
  readonly key: string;
  readonly question: RunEventOf<'human-input-start'>['question'];
  /** The stages that were reached and recorded. */
  readonly reminded: Set<RunEventOf<'human-input-remind'>['stage']>;
  end: RunEventOf<'human-input-end'> | Omit<RunEventOf<'human-input-end'>, 'seq' | 'runId'> | undefined;
}

/** The end of a nested run: its outputs, or its error with the label of the error. */
export type NestedEnd =
  { readonly outputs: Outputs } | { readonly error: ErrorValue; readonly label?: Label | undefined };

/** What an execution did before, so that a re-entry can return it at once. */
export interface History {
  /** Starts so far. */
  attempt: number;
  /** Failed attempts so far. */
  failures: number;
  /**
   * The last thing that the journal says: nothing, it started, it waits for its retry, it is suspended, or something woke it while it was
   * suspended.
   */
  last: 'none' | 'start' | 'retry' | 'suspend' | 'woken';
  retryAt: number | undefined;
  /** The planned pause before the retry, in milliseconds. */
  retryMs: number;
  suspendReason: RunEventOf<'node-suspend'>['reason'] | undefined;
  readonly steps: Map<string, LabelledValue>;
  readonly nested: Map<string, NestedEnd>;
  readonly requests: Map<string, RequestEntry>;
  /** The wake times of `sleep`, in the order of the calls. */
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

/** Events that settle a node; a scheduler is replayed from them. */
export type SettlingEvent = RunEventOf<'node-end'> | RunEventOf<'node-cached'> | RunEventOf<'node-error'>;

/** What the journal says about a run, sorted so that the run can continue. */
export interface PastRun {
  readonly histories: Map<string, History>;
  /** By path prefix: `` for the run itself, `each#1/` for a nested run. */
  readonly settled: Map<string, SettlingEvent[]>;
  /** Recorded decisions. A replay makes them again and must not record them twice. */
  readonly derived: Set<string>;
  readonly requests: Map<string, RequestEntry>;
  /** Whether the last breakpoint was answered with a step. */
  isStepping: boolean;
  status: 'queued' | 'running' | 'suspended' | 'paused' | 'ended';
  end: RunEventOf<'run-end'> | undefined;
  cancelRequest: RunEventOf<'cancel-request'> | undefined;
}

/** The key of a derived decision in `PastRun.derived`. */
export function derivedKey(event: { readonly type: string; readonly path: string }): string {
  return `${event.type} ${event.path}`;
}

/** The recorded events of a run, in order of `seq`. */
export type ReadonlyEvents = readonly RunEvent[];
