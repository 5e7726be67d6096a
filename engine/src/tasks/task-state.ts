// The life of one execution, as a table. Pure: the same state and event always give the same step. Steps are made once, when this
// file is loaded, so a transition allocates nothing.

/**
 * States of an execution. The states `…WithCall` are the same while an aborted call of the function, whose outcome no longer counts, has
 * not come back.
 */
export const TaskState = {
  /** The scheduler has not made it ready, or its producer starts again. */
  Idle: 0,
  /** Ready, or waiting for a slot. */
  Queued: 1,
  /** The record of its start is being committed. */
  Starting: 2,
  /** Its function is called. */
  Running: 3,
  /** The function came back; the runner decides what follows. */
  Returned: 4,
  /** Ended, but a producer of a stream that it reads has not. */
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
  /** It may start, and it starts when its aborted call is gone. */
  BlockedByCall: 12,
  OverWithCall: 13,
} as const;
export type TaskState = (typeof TaskState)[keyof typeof TaskState];

/** What happens to an execution. */
export const TaskEvent = {
  /** The scheduler makes it ready. */
  Ready: 0,
  /** It goes back to those that are ready: a slot is free, or the pause before a retry is over. */
  Enqueue: 1,
  /** It may start while an aborted call is out. */
  Block: 2,
  /** The record of its start must be committed before the function is called. */
  Start: 3,
  /** The function is called. */
  Call: 4,
  /** The function came back, or was given up. */
  Return: 5,
  /** It ended before a producer: its result waits. */
  Hold: 6,
  /** Its result goes to the journal. */
  Commit: 7,
  /** The attempt failed, and another follows. */
  Retry: 8,
  /** It waits without a slot. */
  Suspend: 9,
  /** Something came for it while it was suspended. */
  Wake: 10,
  /** The producer of a stream that it reads starts again, and so does it. */
  Restart: 11,
  /** Its result is committed. */
  Settle: 12,
  /** It is let go without a result. */
  Drop: 13,
} as const;
export type TaskEvent = (typeof TaskEvent)[keyof typeof TaskEvent];

/** What the runner does after a transition. */
export interface TaskEffects {
  readonly cancelsTimers: boolean;
  /** Its slots go back to the limits. */
  readonly releasesSlots: boolean;
  /** Changes of how many executions go on by themselves, are suspended, have a call out, and are being committed. */
  readonly active: number;
  readonly suspended: number;
  readonly calls: number;
  readonly commits: number;
  /** It goes behind those that are ready. */
  readonly enqueues: boolean;
  /** It leaves its frame. */
  readonly forgets: boolean;
}

/** The next state, and what the runner must do. */
export interface Step {
  readonly state: TaskState;
  /** Whether a call of the function has not come back in this state. */
  readonly hasCall: boolean;
  readonly effects: TaskEffects;
}

const S = TaskState;
const E = TaskEvent;

/** How an execution without a call starts again, or goes. */
const endings = { [E.Restart]: S.Idle, [E.Drop]: S.Over };
/** The same while its call is out. */
const endingsWithCall = { [E.Restart]: S.IdleWithCall, [E.Drop]: S.OverWithCall };

/** The state that follows from each event. An event that a state does not name is refused. */
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

/** 1 where a state comes to be among others, -1 where it leaves them. */
function change(isAmong: (state: TaskState) => boolean, from: TaskState, to: TaskState): number {
  return Number(isAmong(to)) - Number(isAmong(from));
}

function stepOf(from: TaskState, event: TaskEvent, to: TaskState): Step {
  const hasCall = withCall.includes(to);
  const isEnding = endingEvents.includes(event);
  const effects: TaskEffects = {
    cancelsTimers: isEnding || event === E.Wake,
    // A call that is still out keeps its slots until it is gone.
    releasesSlots: isEnding && !hasCall,
    active: change((state) => !notActive.includes(state), from, to),
    suspended: change((state) => state === S.Suspended, from, to),
    calls: change((state) => withCall.includes(state), from, to),
    commits: change((state) => state === S.Committing, from, to),
    // Where it could not start yet, it still stands among those that are ready.
    enqueues: enqueuingEvents.includes(event) || (from === S.BlockedByCall && event === E.Return),
    forgets: change((state) => over.includes(state), from, to) > 0,
  };
  return { state: to, hasCall, effects };
}

const states = Object.values(TaskState);
const events = Object.values(TaskEvent);
const eventCount = events.length;

/** A step for each state and event, at `state * eventCount + event`. */
const steps: readonly (Step | undefined)[] = states.flatMap((state) =>
  events.map((event) => {
    const next = nextStates[state][event];
    return next === undefined ? undefined : stepOf(state, event, next);
  }),
);

/** How every execution begins: idle. Its effects are not carried out. */
export const firstStep: Step = stepOf(S.Idle, E.Ready, S.Idle);

/**
 * What an event makes of a state; undefined where the state refuses it, and nothing changes.
 *
 * @example transition(TaskState.Suspended, TaskEvent.Wake)?.state // TaskState.Queued
 */
export function transition(state: TaskState, event: TaskEvent): Step | undefined {
  return steps[state * eventCount + event];
}
