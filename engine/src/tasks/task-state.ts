// The life of an execution as a table. Pure: the same state and event always give the same step. The steps are created once, when this file
// is loaded, so a transition allocates nothing.

/**
 * States of an execution. A state `…WithCall` is like the state without the suffix, but an aborted call, whose outcome no longer counts,
 * has not returned yet.
 */
export const TaskState = {
  /** The scheduler has not made it ready, or its producer starts again. */
  Idle: 0,
  /** Ready, or waiting for a slot. */
  Queued: 1,
  /** The record of its start is being committed. */
  Starting: 2,
  /** Its function has been called. */
  Running: 3,
  /** The function returned; the runner decides what follows. */
  Returned: 4,
  /** Its function ended, but the producer of a stream that it reads has not settled. */
  Held: 5,
  /** Its result is being committed. */
  Committing: 6,
  /** Waits for its next attempt. */
  Retrying: 7,
  /** Waits for a person, a time or a nested run, without a slot. */
  Suspended: 8,
  /** Settled, skipped or stopped. */
  Over: 9,
  IdleWithCall: 10,
  QueuedWithCall: 11,
  /** It may start, but waits until its aborted call has returned. */
  BlockedByCall: 12,
  OverWithCall: 13,
} as const;
export type TaskState = (typeof TaskState)[keyof typeof TaskState];

/** Events in the life of an execution. */
export const TaskEvent = {
  /** The scheduler makes it ready. */
  Ready: 0,
  /** It becomes ready again: a slot is free, or the pause before a retry is over. */
  Enqueue: 1,
  /** It may start, but an aborted call has not returned. */
  Block: 2,
  /** The record of its start must be committed before the function is called. */
  Start: 3,
  /** The function is called. */
  Call: 4,
  /** The function returned, or was given up. */
  Return: 5,
  /** It ended before a producer, so its result waits. */
  Hold: 6,
  /** Its result goes to the journal. */
  Commit: 7,
  /** The attempt failed, and another follows. */
  Retry: 8,
  /** It waits without holding a slot. */
  Suspend: 9,
  /** Something that it waits for happened while it was suspended. */
  Wake: 10,
  /** The producer of a stream that it reads starts again, so it starts again too. */
  Restart: 11,
  /** Its result is committed. */
  Settle: 12,
  /** It is dropped without a result. */
  Drop: 13,
} as const;
export type TaskEvent = (typeof TaskEvent)[keyof typeof TaskEvent];

/** What the runner must do after a transition. */
export interface TaskEffects {
  readonly cancelsTimers: boolean;
  /** Its slots are returned to the limits. */
  readonly releasesSlots: boolean;
  /**
   * `active`, `suspended`, `calls` and `commits` change the frame's counts of executions: those that continue by themselves, are suspended,
   * have a running call, or are being committed.
   */
  readonly active: number;
  readonly suspended: number;
  readonly calls: number;
  readonly commits: number;
  /** It is appended to the queue of ready executions. */
  readonly enqueues: boolean;
  /** It is removed from its frame. */
  readonly forgets: boolean;
}

/** The next state and its effects. */
export interface Step {
  readonly state: TaskState;
  /** Whether a call of the function has not returned in this state. */
  readonly hasCall: boolean;
  readonly effects: TaskEffects;
}

const S = TaskState;
const E = TaskEvent;

/** How an execution without a running call starts again or is dropped. */
const endings = { [E.Restart]: S.Idle, [E.Drop]: S.Over };
/** How an execution with a running call starts again or is dropped. */
const endingsWithCall = { [E.Restart]: S.IdleWithCall, [E.Drop]: S.OverWithCall };

/** The next state for each event. A state does not allow events that it does not list. */
const nextStates: Readonly<Record<TaskState, Readonly<Partial<Record<TaskEvent, TaskState>>>>> = {
  [S.Idle]: { [E.Ready]: S.Queued, [E.Drop]: S.Over },
  [S.Queued]: {
    ...endings,
    [E.Enqueue]: S.Queued,
    [E.Start]: S.Starting,
    [E.Call]: S.Running,
    [E.Commit]: S.Committing,
    [E.Retry]: S.Retrying,
    [E.Suspend]: S.Suspended,
  },
  [S.Starting]: { ...endings, [E.Call]: S.Running },
  [S.Running]: { ...endingsWithCall, [E.Return]: S.Returned },
  [S.Returned]: {
    ...endings,
    [E.Hold]: S.Held,
    [E.Commit]: S.Committing,
    [E.Retry]: S.Retrying,
    [E.Suspend]: S.Suspended,
  },
  [S.Held]: { ...endings, [E.Commit]: S.Committing },
  [S.Committing]: { [E.Settle]: S.Over },
  [S.Retrying]: { ...endings, [E.Enqueue]: S.Queued },
  [S.Suspended]: { ...endings, [E.Wake]: S.Queued },
  [S.Over]: {},
  [S.IdleWithCall]: { [E.Ready]: S.QueuedWithCall, [E.Return]: S.Idle, [E.Drop]: S.OverWithCall },
  [S.QueuedWithCall]: { ...endingsWithCall, [E.Block]: S.BlockedByCall, [E.Return]: S.Queued },
  [S.BlockedByCall]: { ...endingsWithCall, [E.Return]: S.Queued },
  [S.OverWithCall]: { [E.Return]: S.Over },
};

const withCall: readonly TaskState[] = [S.Running, S.IdleWithCall, S.QueuedWithCall, S.BlockedByCall, S.OverWithCall];
const notActive: readonly TaskState[] = [S.Idle, S.IdleWithCall, S.Suspended, S.Over, S.OverWithCall];
const over: readonly TaskState[] = [S.Over, S.OverWithCall];
const endingEvents: readonly TaskEvent[] = [E.Return, E.Restart, E.Drop];
const enqueuingEvents: readonly TaskEvent[] = [E.Ready, E.Enqueue, E.Wake];

/** 1 if the transition enters the group of states, -1 if it leaves the group, else 0. */
function change(isAmong: (state: TaskState) => boolean, from: TaskState, to: TaskState): number {
  return Number(isAmong(to)) - Number(isAmong(from));
}

function stepOf(from: TaskState, event: TaskEvent, to: TaskState): Step {
  const hasCall = withCall.includes(to);
  const isEnding = endingEvents.includes(event);
  const effects: TaskEffects = {
    cancelsTimers: isEnding || event === E.Wake,
    // A call that has not returned keeps its slots.
    releasesSlots: isEnding && !hasCall,
    active: change((state) => !notActive.includes(state), from, to),
    suspended: change((state) => state === S.Suspended, from, to),
    calls: change((state) => withCall.includes(state), from, to),
    commits: change((state) => state === S.Committing, from, to),
    // A blocked execution becomes ready again when its aborted call returns.
    enqueues: enqueuingEvents.includes(event) || (from === S.BlockedByCall && event === E.Return),
    forgets: change((state) => over.includes(state), from, to) > 0,
  };
  return { state: to, hasCall, effects };
}

const states = Object.values(TaskState);
const events = Object.values(TaskEvent);
const eventCount = events.length;

/** The step for each state and event, at `state * eventCount + event`. */
const steps: readonly (Step | undefined)[] = states.flatMap((state) =>
  events.map((event) => {
    const next = nextStates[state][event];
    return next === undefined ? undefined : stepOf(state, event, next);
  }),
);

/** The step with which every execution begins. Its effects are not carried out. */
export const firstStep: Step = stepOf(S.Idle, E.Ready, S.Idle);

/**
 * Returns the step that an event causes in a state; undefined if the state does not allow the event, and then nothing changes.
 *
 * @example transition(TaskState.Suspended, TaskEvent.Wake)?.state // TaskState.Queued
 */
export function transition(state: TaskState, event: TaskEvent): Step | undefined {
  return steps[state * eventCount + event];
}
