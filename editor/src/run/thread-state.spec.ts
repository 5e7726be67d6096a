import { describe, expect, it } from '@jest/globals';
import { createRunView } from './run-view.js';
import { labelOf, type StreamEvent } from '@heddle/core';
import { threadState } from './thread-state.js';
import { seenState, timeOf, wordOf } from './node-state.js';

const at = { runId: 'r', path: 'route', attempt: 1 };
const label = labelOf('internal');

function after(...events: StreamEvent[]) {
  const view = createRunView('r', (callback) => callback());
  view.take(events);
  return view.execution('route');
}

describe('what a run shows on threads and nodes', () => {
  it('drops the ports that were left out and carries those that were taken', () => {
    const source = after({
      type: 'node-end',
      ...at,
      seq: 1,
      time: 2,
      started: 1,
      outputs: { yes: { value: 1, label } },
    });
    expect([threadState(source, 'yes'), threadState(source, 'no')]).toEqual(['carried', 'dropped']);
    expect(threadState(undefined, 'yes')).toBe('rest');
  });

  it('moves only the port that is being written', () => {
    const source = after(
      { type: 'node-start', ...at, seq: 1, time: 1 },
      { type: 'node-delta', ...at, time: 2, port: 'text', offset: 0, delta: 'a' },
    );
    expect([threadState(source, 'text'), threadState(source, 'usage')]).toEqual(['streaming', 'rest']);
  });

  it('carries a failure only on the error port', () => {
    const error = { code: 'node_failed', message: 'It failed.', retryable: false };
    const source = after({ type: 'node-error', ...at, seq: 1, time: 2, started: 1, error, isCarried: true });
    expect([threadState(source, 'error'), threadState(source, 'text')]).toEqual(['carried', 'dropped']);
  });

  it('tells waiting for a slot, retrying and silence apart from running', () => {
    const started: StreamEvent = { type: 'node-start', ...at, seq: 1, time: 1000 };
    const waiting = after({ type: 'node-queue', ...at, time: 1, limit: 'model:a', position: 2 });
    expect(seenState(waiting, 1)).toBe('waiting-slot');
    expect(timeOf(waiting, 'waiting-slot', 1)).toBe('no. 2');
    expect(seenState(after(started), 2000)).toBe('running');
    expect(seenState(after(started), 60_000)).toBe('silent');
    const retrying = after(started, {
      type: 'node-retry',
      ...at,
      seq: 2,
      time: 2000,
      dueAt: 6000,
      error: { code: 'busy', message: 'x', retryable: true },
    });
    expect([wordOf(seenState(retrying, 2000)), timeOf(retrying, 'retrying', 2000)]).toEqual(['Retrying', 'in 4.0 s']);
  });
});
