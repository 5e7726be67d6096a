import { describe, expect, it } from '@jest/globals';
import { createRunView } from './fold/run-view.js';
import { labelOf, type StreamEvent } from '@heddle/core';
import { edgeState } from './edge-state.js';
import { seenState, silenceOf, timeOf, nodeStateText } from './execution/node-state.js';

const at = { runId: 'r', path: 'route', attempt: 1 };
const label = labelOf('internal');

function after(...events: StreamEvent[]) {
  const view = createRunView('r', (callback) => callback());
  view.take(events);
  return view.execution('route');
}

describe('what a run shows on edges and nodes', () => {
  it('marks ports without a value as dropped, and ports with a value as carried', () => {
    const source = after({
      type: 'node-end',
      ...at,
      seq: 1,
      time: 2,
      started: 1,
      outputs: { yes: { value: 1, label } },
    });
    expect([edgeState(source, 'yes'), edgeState(source, 'no')]).toEqual(['carried', 'dropped']);
    expect(edgeState(undefined, 'yes')).toBe('rest');
  });

  it('marks only the port that is being written as streaming', () => {
    const source = after(
      { type: 'node-start', ...at, seq: 1, time: 1 },
      { type: 'node-delta', ...at, time: 2, port: 'text', offset: 0, delta: 'a' },
    );
    expect([edgeState(source, 'text'), edgeState(source, 'usage')]).toEqual(['streaming', 'rest']);
  });

  it('carries a failure only on the error port', () => {
    const error = { code: 'node_failed', message: 'It failed.', retryable: false };
    const source = after({ type: 'node-error', ...at, seq: 1, time: 2, started: 1, error, isCarried: true });
    expect([edgeState(source, 'error'), edgeState(source, 'text')]).toEqual(['carried', 'dropped']);
  });

  it('counts the activity of a nested run as activity of its node', () => {
    const inside = { runId: 'r', path: 'route#3/write', attempt: 1 };
    const source = after(
      { type: 'node-start', ...at, seq: 1, time: 1000 },
      { type: 'node-delta', ...inside, time: 50_000, port: 'text', offset: 0, delta: 'a' },
      { type: 'node-beat', ...at, time: 58_000 },
    );
    expect([source?.spokeAt, seenState(source, 60_000)]).toEqual([50_000, 'running']);
  });

  it('shows an active node of a paused run as paused, not as silent, until the run continues', () => {
    const events: StreamEvent[] = [
      { type: 'node-start', ...at, seq: 1, time: 1000 },
      { type: 'node-delta', ...at, time: 2000, port: 'text', offset: 0, delta: 'a' },
      { type: 'run-pause', runId: 'r', seq: 2, time: 3000, reason: 'stop all: drill' },
    ];
    const paused = after(...events);
    expect([seenState(paused, 90_000), nodeStateText('paused'), timeOf(paused, 'paused', 90_000)]).toEqual([
      'paused',
      'Paused',
      '',
    ]);
    expect([paused?.endedAt, edgeState(paused, 'text')]).toEqual([3000, 'rest']);
    const released = after(...events, { type: 'run-resume', runId: 'r', seq: 3, time: 4000, reason: 'released' });
    expect([seenState(released, 5000), released?.endedAt]).toEqual(['streaming', undefined]);
  });

  it('shows a node that waits for a slot in a paused run as paused, and one that waits for a person as waiting', () => {
    const hold: StreamEvent = { type: 'run-pause', runId: 'r', seq: 9, time: 3000, reason: 'drill' };
    expect(seenState(after({ type: 'node-queue', ...at, time: 1, limit: 'model:a', position: 2 }, hold), 1)).toBe(
      'paused',
    );
    const asking = after(
      { type: 'node-start', ...at, seq: 1, time: 1 },
      { type: 'node-suspend', ...at, seq: 2, time: 2, reason: 'human-input', requestId: 'a' },
      hold,
    );
    expect(seenState(asking, 90_000)).toBe('waiting-person');
  });

  it('distinguishes waiting for a slot, retrying and silence from running', () => {
    const started: StreamEvent = { type: 'node-start', ...at, seq: 1, time: 1000 };
    const waiting = after({ type: 'node-queue', ...at, time: 1, limit: 'model:a', position: 2 });
    expect(seenState(waiting, 1)).toBe('waiting-slot');
    expect(timeOf(waiting, 'waiting-slot', 1)).toBe('no. 2');
    expect(seenState(after(started), 2000)).toBe('running');
    expect(seenState(after(started), 60_000)).toBe('silent');
    // A heartbeat shows that it is alive, not that it makes progress.
    const beating = after(started, { type: 'node-beat', ...at, time: 38_000 });
    expect(seenState(beating, 30_000)).toBe('running');
    expect([seenState(beating, 40_000), timeOf(beating, 'silent', 40_000)]).toEqual(['silent', 'for 39.0 s']);
    expect(silenceOf(beating, 40_000)).toContain('Still running');
    expect(silenceOf(after(started), 40_000)).toContain('No sign of life');
    const retrying = after(started, {
      type: 'node-retry',
      ...at,
      seq: 2,
      time: 2000,
      dueAt: 6000,
      error: { code: 'busy', message: 'x', retryable: true },
    });
    expect([nodeStateText(seenState(retrying, 2000)), timeOf(retrying, 'retrying', 2000)]).toEqual([
      'Retrying',
      'in 4.0 s',
    ]);
  });
});
