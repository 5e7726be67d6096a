import { describe, expect, it } from '@jest/globals';
import { TaskEvent, TaskState, transition, type TaskEffects } from './task-state.js';

type StateName = keyof typeof TaskState;
type EventName = keyof typeof TaskEvent;

/** The state that follows from each event; every event that a state does not name is refused. */
const expected: Record<StateName, Partial<Record<EventName, StateName>>> = {
  Idle: { Ready: 'Queued', Drop: 'Over' },
  Queued: {
    Enqueue: 'Queued',
    Start: 'Starting',
    Call: 'Running',
    Commit: 'Committing',
    Retry: 'Retrying',
    Suspend: 'Suspended',
    Restart: 'Idle',
    Drop: 'Over',
  },
  Starting: { Call: 'Running', Restart: 'Idle', Drop: 'Over' },
  Running: { Return: 'Returned', Restart: 'IdleWithCall', Drop: 'OverWithCall' },
  Returned: {
    Hold: 'Held',
    Commit: 'Committing',
    Retry: 'Retrying',
    Suspend: 'Suspended',
    Restart: 'Idle',
    Drop: 'Over',
  },
  Held: { Commit: 'Committing', Restart: 'Idle', Drop: 'Over' },
  Committing: { Settle: 'Over' },
  Retrying: { Enqueue: 'Queued', Restart: 'Idle', Drop: 'Over' },
  Suspended: { Wake: 'Queued', Restart: 'Idle', Drop: 'Over' },
  Over: {},
  IdleWithCall: { Ready: 'QueuedWithCall', Return: 'Idle', Drop: 'OverWithCall' },
  QueuedWithCall: { Block: 'BlockedByCall', Return: 'Queued', Restart: 'IdleWithCall', Drop: 'OverWithCall' },
  BlockedByCall: { Return: 'Queued', Restart: 'IdleWithCall', Drop: 'OverWithCall' },
  OverWithCall: { Return: 'Over' },
};

const states = Object.keys(TaskState) as StateName[];
const events = Object.keys(TaskEvent) as EventName[];
const cells = states.flatMap((state) => events.map((event) => ({ state, event, next: expected[state][event] })));
const taken = cells.flatMap(({ state, event, next }) => (next === undefined ? [] : [{ state, event, next }]));

const stepOf = (state: StateName, event: EventName) => transition(TaskState[state], TaskEvent[event]);
const nameOf = (state: TaskState | undefined) => states.find((name) => TaskState[name] === state);
/** The transitions with an effect. */
const withEffect = (has: (effects: TaskEffects) => boolean): string[] =>
  taken.filter(({ state, event }) => has(stepOf(state, event)!.effects)).map(({ state, event }) => `${state} ${event}`);

const hasCall = (state: StateName): boolean => state === 'Running' || /(With|By)Call$/.test(state);
const isActive = (state: StateName): boolean => !/^(Idle|Over|Suspended)/.test(state);

describe('transition', () => {
  it.each(cells)('$state takes $event: $next', ({ state, event, next }) => {
    expect(nameOf(stepOf(state, event)?.state)).toBe(next);
  });

  it('returns the same step object each time', () => {
    for (const { state, event } of taken) expect(stepOf(state, event)).toBe(stepOf(state, event));
  });

  it('says whether a call of the function is under way', () => {
    for (const { state, event, next } of taken)
      expect([state, event, stepOf(state, event)?.hasCall]).toEqual([state, event, hasCall(next)]);
  });
});

describe('the effects of a transition', () => {
  it.each([
    { counter: 'active', counts: isActive },
    { counter: 'suspended', counts: (state: StateName) => state === 'Suspended' },
    { counter: 'calls', counts: hasCall },
    { counter: 'commits', counts: (state: StateName) => state === 'Committing' },
  ] as const)('keep the number of $counter', ({ counter, counts }) => {
    for (const { state, event, next } of taken)
      expect([state, event, stepOf(state, event)?.effects[counter]]).toEqual([
        state,
        event,
        Number(counts(next)) - Number(counts(state)),
      ]);
  });

  it('queue an execution exactly when it becomes ready', () => {
    expect(withEffect(({ enqueues }) => enqueues)).toEqual([
      'Idle Ready',
      'Queued Enqueue',
      'Retrying Enqueue',
      'Suspended Wake',
      'IdleWithCall Ready',
      'BlockedByCall Return',
    ]);
  });

  it('remove an execution from its frame exactly when it is over', () => {
    expect(withEffect(({ forgets }) => forgets)).toEqual(
      taken
        .filter(({ state, next }) => next.startsWith('Over') && !state.startsWith('Over'))
        .map(({ state, event }) => `${state} ${event}`),
    );
  });

  it('release slots when no call needs them any more', () => {
    expect(withEffect(({ releasesSlots }) => releasesSlots)).toEqual(
      taken
        .filter(({ event, next }) => event === 'Return' || (/^(Drop|Restart)$/.test(event) && !hasCall(next)))
        .map(({ state, event }) => `${state} ${event}`),
    );
  });

  it('cancel timers when a call or a wait is over', () => {
    expect(withEffect(({ cancelsTimers }) => cancelsTimers)).toEqual(
      taken
        .filter(({ event }) => /^(Return|Restart|Drop|Wake)$/.test(event))
        .map(({ state, event }) => `${state} ${event}`),
    );
  });
});
