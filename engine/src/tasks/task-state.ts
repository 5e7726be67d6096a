// The life of one execution, as a table. Pure: the same state and event always give the same step. Steps are made once, when this
// file is loaded, so a transition allocates nothing.

/**
 * - `idle`: the scheduler has not made it ready, or its producer starts again.
 * - `queued`: ready, or waiting for a slot.
 * - `starting`: the record of its start is being committed.
 * - `running`: its function is out.
 * - `returned`: the function came back; the runner decides what follows.
 * - `held`: ended, but a producer of a stream that it reads has not.
 * - `committing`: its result is being committed.
 * - `retrying`: waits for its next attempt.
 * - `parked`: waits for a person, a time or a nested run, without a slot.
 * - `over`: settled, skipped or stopped.
 *
 * The states `…-with-call` are the same while an aborted call of the function, whose outcome no longer counts, is still out.
 * `blocked-by-call`: its turn came, and it starts when that call is gone.
 */
export type TaskState =
  | 'idle'
  | 'queued'
  | 'starting'
  | 'running'
  | 'returned'
  | 'held'
  | 'committing'
  | 'retrying'
  | 'parked'
  | 'over'
  | 'idle-with-call'
  | 'queued-with-call'
  | 'blocked-by-call'
  | 'over-with-call';

/**
 * - `ready`: the scheduler makes the execution ready.
 * - `enqueue`: it goes back to those that are ready: a slot is free, or the pause before a retry is over.
 * - `block`: its turn came while a call of it is still out.
 * - `start`: the record of its start must be committed before the function is called.
 * - `call`: the function is called.
 * - `return`: the function came back, or was given up.
 * - `hold`, `commit`, `retry`, `park`: what the runner decided about the outcome.
 * - `wake`: something came for a parked execution.
 * - `restart`: the producer of a stream that it reads starts again, and so does it.
 * - `settle`: its result is committed.
 * - `drop`: it is let go without a result.
 */
export type TaskEvent =
  | 'ready'
  | 'enqueue'
  | 'block'
  | 'start'
  | 'call'
  | 'return'
  | 'hold'
  | 'commit'
  | 'retry'
  | 'park'
  | 'wake'
  | 'restart'
  | 'settle'
  | 'drop';

/** What the runner does after a transition, in this order. */
export type TaskEffect =
  /** Cancels its timers. */
  | 'cancel-timers'
  /** Gives its slots back. */
  | 'release-slots'
  /** Counts it among the executions that go on by themselves, or no longer. */
  | 'activate'
  | 'deactivate'
  | 'count-parked'
  | 'uncount-parked'
  | 'count-call'
  | 'uncount-call'
  | 'count-commit'
  | 'uncount-commit'
  /** Puts it behind those that are ready. */
  | 'enqueue'
  /** Takes it out of its frame. */
  | 'forget';

/** The next state and what the runner must do. */
export interface Step {
  readonly state: TaskState;
  /** Whether a call of the function has not come back in this state. */
  readonly hasCall: boolean;
  readonly effects: readonly TaskEffect[];
}

const to = (state: TaskState, ...effects: readonly TaskEffect[]): Step => ({
  state,
  hasCall: state === 'running' || state.endsWith('-call'),
  effects,
});

/** How every execution begins. */
export const firstStep: Step = to('idle');

const released = ['cancel-timers', 'release-slots'] as const;
/** How an active execution without a call starts again, or goes. */
const endings = {
  restart: to('idle', ...released, 'deactivate'),
  drop: to('over', ...released, 'deactivate', 'forget'),
};
/** The same for one whose call is still out: that keeps its slots until it is gone. */
const endingsWithCall = {
  restart: to('idle-with-call', 'cancel-timers', 'deactivate'),
  drop: to('over-with-call', 'cancel-timers', 'deactivate', 'forget'),
};
const returned = [...released, 'uncount-call'] as const;

const steps: Readonly<Record<TaskState, Readonly<Partial<Record<TaskEvent, Step>>>>> = {
  idle: {
    ready: to('queued', 'activate', 'enqueue'),
    drop: to('over', ...released, 'forget'),
  },
  queued: {
    ...endings,
    enqueue: to('queued', 'enqueue'),
    start: to('starting'),
    call: to('running', 'count-call'),
    commit: to('committing', 'count-commit'),
    retry: to('retrying'),
    park: to('parked', 'deactivate', 'count-parked'),
  },
  starting: {
    ...endings,
    call: to('running', 'count-call'),
  },
  running: {
    ...endingsWithCall,
    return: to('returned', ...returned),
  },
  returned: {
    ...endings,
    hold: to('held'),
    commit: to('committing', 'count-commit'),
    retry: to('retrying'),
    park: to('parked', 'deactivate', 'count-parked'),
  },
  held: {
    ...endings,
    commit: to('committing', 'count-commit'),
  },
  committing: {
    settle: to('over', 'uncount-commit', 'deactivate', 'forget'),
  },
  retrying: {
    ...endings,
    enqueue: to('queued', 'enqueue'),
  },
  parked: {
    wake: to('queued', 'cancel-timers', 'uncount-parked', 'activate', 'enqueue'),
    restart: to('idle', ...released, 'uncount-parked'),
    drop: to('over', ...released, 'uncount-parked', 'forget'),
  },
  over: {},
  'idle-with-call': {
    ready: to('queued-with-call', 'activate', 'enqueue'),
    return: to('idle', ...returned),
    drop: to('over-with-call', 'cancel-timers', 'forget'),
  },
  'queued-with-call': {
    ...endingsWithCall,
    block: to('blocked-by-call'),
    return: to('queued', ...returned),
  },
  'blocked-by-call': {
    ...endingsWithCall,
    return: to('queued', ...returned, 'enqueue'),
  },
  'over-with-call': {
    return: to('over', ...returned),
  },
};

/**
 * What an event makes of a state; undefined where the state refuses it, and nothing changes.
 *
 * @example transition('parked', 'wake') // { state: 'queued', effects: ['cancel-timers', …, 'enqueue'] }
 */
export function transition(state: TaskState, event: TaskEvent): Step | undefined {
  return steps[state][event];
}
