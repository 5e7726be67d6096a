import { describe, expect, it } from '@jest/globals';
import { labelOf, type StreamEvent } from '@heddle/core';
import { createRunView } from './run-view.js';

const at = { runId: 'r', path: 'answer', attempt: 1 };
const label = labelOf('internal');
const start: StreamEvent = { type: 'node-start', ...at, seq: 2, time: 100 };
const delta = (offset: number, text: string, time = 200): StreamEvent => ({
  type: 'node-delta',
  ...at,
  time,
  port: 'text',
  offset,
  delta: text,
});
const end: StreamEvent = {
  type: 'node-end',
  ...at,
  seq: 3,
  time: 900,
  started: 100,
  outputs: { text: { value: 'one two', label } },
};

function setup() {
  const frames: (() => void)[] = [];
  const view = createRunView('r', (callback) => frames.push(callback));
  const frame = (): void => frames.splice(0).forEach((callback) => callback());
  return { view, frame, frames };
}

describe('run view', () => {
  it('reports a change once per frame, however many events arrive', () => {
    const { view, frame, frames } = setup();
    let received = 0;
    view.subscribe('node:answer', () => (received += 1));
    view.take([{ type: 'run-start', runId: 'r', seq: 1, time: 0 }, start]);
    for (let index = 0; index < 50; index += 1) view.take([delta(index, 'x')]);
    expect(frames).toHaveLength(1);
    frame();
    expect(received).toBe(1);
    expect(view.execution('answer')?.text).toEqual({ text: 'x'.repeat(50) });
  });

  it('gives a new object for what changed and the same for what did not', () => {
    const { view, frame } = setup();
    view.take([start, { type: 'node-start', ...at, path: 'other', seq: 3, time: 100 }]);
    frame();
    const answer = view.execution('answer');
    const other = view.execution('other');
    view.take([delta(0, 'one')]);
    frame();
    expect(view.execution('answer')).not.toBe(answer);
    expect(view.execution('other')).toBe(other);
    expect(answer?.text).toEqual({});
  });

  it('shows nothing twice when events come again after a lost connection', () => {
    const { view, frame } = setup();
    const first = [start, delta(0, 'one'), delta(3, ' two')];
    view.take(first);
    view.take([
      start,
      { type: 'node-snapshot', ...at, time: 300, port: 'text', text: 'one two' },
      delta(3, ' two'),
      delta(7, ' three'),
    ]);
    frame();
    expect(view.execution('answer')?.text['text']).toBe('one two three');
    view.take([end, end]);
    frame();
    expect(view.execution('answer')).toMatchObject({ status: 'done', startedAt: 100, endedAt: 900 });
    expect(view.seq()).toBe(3);
  });

  it('groups the iterations of a node and keeps nested runs apart', () => {
    const { view, frame } = setup();
    view.take([
      { type: 'node-start', ...at, path: 'rewrite@0', seq: 1, time: 1 },
      { type: 'node-start', ...at, path: 'rewrite@1', seq: 2, time: 2 },
      { type: 'node-start', ...at, path: 'each@1#0/rewrite', seq: 3, time: 3 },
    ]);
    frame();
    expect(view.pathsOf('rewrite')).toEqual(['rewrite@0', 'rewrite@1']);
    expect(view.pathsOf('each@1#0/rewrite')).toEqual(['each@1#0/rewrite']);
  });

  it('reports changes of the run separately from those of its nodes', () => {
    const { view, frame } = setup();
    let heads = 0;
    view.subscribe('head', () => (heads += 1));
    view.take([start]);
    frame();
    expect(heads).toBe(0);
    view.take([{ type: 'run-end', runId: 'r', seq: 3, time: 5, status: 'cancelled' }]);
    frame();
    expect(heads).toBe(1);
    expect(view.head()).toMatchObject({ status: 'cancelled', isEnded: true });
    expect(view.execution('answer')?.status).toBe('cancelled');
  });

  it('reports a pause with its reason for the run and for its active nodes', () => {
    const { view, frame } = setup();
    view.take([start]);
    frame();
    const received: string[] = [];
    view.subscribe('head', () => received.push('head'));
    view.subscribe('node:answer', () => received.push('answer'));
    view.take([{ type: 'run-pause', runId: 'r', seq: 3, time: 5, reason: 'drill' }]);
    frame();
    expect(received.sort()).toEqual(['answer', 'head']);
    expect(view.head()).toMatchObject({ status: 'paused', pause: { reason: 'drill' } });
    view.take([{ type: 'run-end', runId: 'r', seq: 4, time: 6, status: 'cancelled' }]);
    frame();
    expect([view.head().pause, view.execution('answer')?.status]).toEqual([undefined, 'cancelled']);
  });

  it('estimates the speed of a text that is being written', () => {
    const { view, frame } = setup();
    view.take([start, ...Array.from({ length: 21 }, (_, index) => delta(index * 4, 'word', 1000 + index * 100))]);
    frame();
    expect(view.execution('answer')?.rate).toBeCloseTo(9.5, 1);
  });

  it('shows the time to the first token of the current attempt, even when a delta arrives before its start', () => {
    const { view, frame } = setup();
    view.take([
      { type: 'node-delta', runId: 'r', path: 'a', attempt: 1, time: 1400, port: 'text', offset: 0, delta: 'x' },
      { type: 'node-start', runId: 'r', seq: 1, path: 'a', attempt: 1, time: 1000 },
    ]);
    frame();
    expect(view.execution('a')?.firstDeltaMs).toBe(400);
    view.take([{ type: 'node-start', runId: 'r', seq: 2, path: 'a', attempt: 2, time: 3000 }]);
    frame();
    expect(view.execution('a')?.firstDeltaMs).toBeUndefined();
  });
});
