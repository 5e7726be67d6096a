import { describe, expect, it } from '@jest/globals';
import { publicLabel } from '../labels/label.js';
import type { StreamEvent } from './events.js';
import { createRunState, foldRun, type RunState } from './run-state.js';

const at = { runId: 'r', time: 1, path: 'a', attempt: 1 };
const folded = (events: readonly StreamEvent[]): RunState => {
  const state = createRunState('r');
  for (const event of events) foldRun(state, event);
  return state;
};
const delta = (offset: number, text: string, attempt = 1): StreamEvent => ({
  ...at,
  type: 'node-delta',
  port: 'text',
  offset,
  delta: text,
  attempt,
});

describe('foldRun', () => {
  it('keeps the status, outputs and times of a run and its nodes', () => {
    const state = folded([
      { type: 'run-start', runId: 'r', seq: 1, time: 5 },
      { ...at, type: 'node-start', seq: 2, time: 6 },
      { ...at, type: 'node-end', seq: 3, time: 9, started: 6, outputs: { text: { value: 'hi', label: publicLabel } } },
      { type: 'run-end', runId: 'r', seq: 4, time: 10, status: 'done', outputs: {} },
    ]);
    expect(state).toMatchObject({ status: 'done', seq: 4, startedAt: 5, endedAt: 10 });
    expect(state.executions.get('a')).toMatchObject({
      status: 'done',
      startedAt: 6,
      endedAt: 9,
      outputs: { text: { value: 'hi' } },
    });
  });

  it('ignores repeated events, overlapping offsets, and deltas of an earlier attempt', () => {
    const state = folded([
      { ...at, type: 'node-start', seq: 1 },
      delta(0, 'Hel'),
      delta(2, 'llo'),
      delta(1, 'el'),
      delta(9, 'gap'),
      { type: 'run-start', runId: 'r', seq: 1, time: 2 },
    ]);
    expect(state.executions.get('a')).toMatchObject({ status: 'streaming', text: { text: 'Hello' } });
    expect(state.status).toBe('queued');
    foldRun(state, { ...at, type: 'node-start', attempt: 2, seq: 2 });
    foldRun(state, delta(5, ' old', 1));
    expect(state.executions.get('a')?.text).toEqual({});
  });

  it('cancels the executions that had not ended when the run ended', () => {
    const state = folded([
      { ...at, type: 'node-start', seq: 1 },
      { ...at, path: 'b', type: 'node-skip', reason: 'all-dropped', seq: 2 },
      { type: 'run-end', runId: 'r', seq: 3, time: 4, status: 'cancelled' },
    ]);
    expect(state.executions.get('a')?.status).toBe('cancelled');
    expect(state.executions.get('b')?.status).toBe('skipped');
  });

  it('lists the open human input requests', () => {
    const ask = {
      ...at,
      type: 'human-input-start',
      requestId: 'q',
      key: 'k',
      question: { title: 'Go?', schema: {} },
      seq: 1,
    } as const;
    const state = folded([ask]);
    expect([...state.requests.keys()]).toEqual(['q']);
    foldRun(state, {
      ...at,
      type: 'human-input-end',
      requestId: 'q',
      key: 'k',
      outcome: 'answered',
      value: true,
      seq: 2,
    });
    expect(state.requests.size).toBe(0);
  });
});
