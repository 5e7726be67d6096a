import { describe, expect, it } from '@jest/globals';
import { transition, type TaskEffect, type TaskEvent, type TaskState } from './task-state.js';

/** The state that follows from each event; every event that a state does not name is refused. */
const expected: Record<TaskState, Partial<Record<TaskEvent, TaskState>>> = {
  idle: { ready: 'queued', drop: 'over' },
  queued: {
    enqueue: 'queued',
    start: 'starting',
    call: 'running',
    commit: 'committing',
    retry: 'retrying',
    park: 'parked',
    restart: 'idle',
    drop: 'over',
  },
  starting: { call: 'running', restart: 'idle', drop: 'over' },
  running: { return: 'returned', restart: 'idle-with-call', drop: 'over-with-call' },
  returned: {
    hold: 'held',
    commit: 'committing',
    retry: 'retrying',
    park: 'parked',
    restart: 'idle',
    drop: 'over',
  },
  held: { commit: 'committing', restart: 'idle', drop: 'over' },
  committing: { settle: 'over' },
  retrying: { enqueue: 'queued', restart: 'idle', drop: 'over' },
  parked: { wake: 'queued', restart: 'idle', drop: 'over' },
  over: {},
  'idle-with-call': { ready: 'queued-with-call', return: 'idle', drop: 'over-with-call' },
  'queued-with-call': {
    block: 'blocked-by-call',
    return: 'queued',
    restart: 'idle-with-call',
    drop: 'over-with-call',
  },
  'blocked-by-call': { return: 'queued', restart: 'idle-with-call', drop: 'over-with-call' },
  'over-with-call': { return: 'over' },
};

const events: readonly TaskEvent[] = [
  ...(['ready', 'enqueue', 'block', 'start', 'call', 'return', 'hold', 'commit'] as const),
  ...(['retry', 'park', 'wake', 'restart', 'settle', 'drop'] as const),
];
const states = Object.keys(expected) as TaskState[];
const cells = states.flatMap((state) => events.map((event) => ({ state, event, next: expected[state][event] })));
const taken = cells.flatMap(({ state, event, next }) => (next === undefined ? [] : [{ state, event, next }]));

const isIdle = (state: TaskState): boolean => state.startsWith('idle');
const isOver = (state: TaskState): boolean => state.startsWith('over');
const isParked = (state: TaskState): boolean => state === 'parked';
const isActive = (state: TaskState): boolean => !isIdle(state) && !isOver(state) && !isParked(state);
const hasCall = (state: TaskState): boolean => state === 'running' || state.endsWith('-call');
const effectsOf = (state: TaskState, event: TaskEvent): readonly TaskEffect[] =>
  transition(state, event)?.effects ?? [];

/** How a transition changes a counter. */
function change(effects: readonly TaskEffect[], up: TaskEffect, down: TaskEffect): number {
  return effects.filter((effect) => effect === up).length - effects.filter((effect) => effect === down).length;
}

describe('transition', () => {
  it.each(cells)('$state takes $event: $next', ({ state, event, next }) => {
    expect(transition(state, event)?.state).toBe(next);
  });

  it('gives the same step each time, without making a new one', () => {
    for (const { state, event } of taken) expect(transition(state, event)).toBe(transition(state, event));
  });

  it('says whether a call of the function is out', () => {
    for (const { state, event, next } of taken) expect(transition(state, event)?.hasCall).toBe(hasCall(next));
  });
});

describe('the effects of a transition', () => {
  it.each([
    { counter: 'active executions', up: 'activate', down: 'deactivate', counts: isActive },
    { counter: 'parked executions', up: 'count-parked', down: 'uncount-parked', counts: isParked },
    { counter: 'calls that are out', up: 'count-call', down: 'uncount-call', counts: hasCall },
    {
      counter: 'results being committed',
      up: 'count-commit',
      down: 'uncount-commit',
      counts: (state: TaskState) => state === 'committing',
    },
  ] as const)('keep the number of $counter', ({ up, down, counts }) => {
    for (const { state, event, next } of taken)
      expect([state, event, change(effectsOf(state, event), up, down)]).toEqual([
        state,
        event,
        Number(counts(next)) - Number(counts(state)),
      ]);
  });

  it('put an execution among those that are ready exactly when it becomes so', () => {
    const entering = taken.filter(({ state, event }) => effectsOf(state, event).includes('enqueue'));
    expect(entering.map(({ state, event }) => `${state} ${event}`)).toEqual([
      'idle ready',
      'queued enqueue',
      'retrying enqueue',
      'parked wake',
      'idle-with-call ready',
      'blocked-by-call return',
    ]);
  });

  it('take an execution out of its frame exactly when it is over', () => {
    for (const { state, event, next } of taken)
      expect([state, event, effectsOf(state, event).includes('forget')]).toEqual([
        state,
        event,
        isOver(next) && !isOver(state),
      ]);
  });

  it('give slots back when the function is gone, and keep them while a call is out', () => {
    for (const { state, event, next } of taken) {
      const isReleased = effectsOf(state, event).includes('release-slots');
      if (event === 'return') expect([state, event, isReleased]).toEqual([state, event, true]);
      if (event === 'drop' || event === 'restart')
        expect([state, event, isReleased]).toEqual([state, event, !hasCall(next)]);
    }
  });

  it('cancel timers before anything that may start new ones', () => {
    for (const { state, event } of taken) {
      const effects = effectsOf(state, event);
      if (effects.includes('cancel-timers')) expect(effects[0]).toBe('cancel-timers');
    }
  });
});
