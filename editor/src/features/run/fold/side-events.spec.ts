import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '@heddle/core';
import { createRunView } from './run-view.js';

const runId = 'r';
const label = { level: 'internal' as const, marks: [] };

function viewed(events: readonly RunEvent[]) {
  let frame = (): void => undefined;
  const view = createRunView(runId, (callback) => (frame = callback));
  view.take(events);
  frame();
  return { view, frame: () => frame() };
}

describe('the view of a run', () => {
  const started: RunEvent = {
    type: 'nested-start',
    runId,
    seq: 1,
    time: 10,
    path: 'each',
    attempt: 1,
    key: '0',
    workflow: '#shout',
    inputs: { word: { value: 'a', label } },
  };

  it('keeps the nested runs that an execution started, and how they ended', () => {
    const { view, frame } = viewed([started, { ...started, seq: 2, key: '1' }]);
    expect(view.nestedOf('each').map(({ scope, endedAt }) => [scope, endedAt])).toEqual([
      ['each#0', undefined],
      ['each#1', undefined],
    ]);
    view.take([
      {
        type: 'nested-end',
        runId,
        seq: 3,
        time: 20,
        path: 'each',
        attempt: 1,
        key: '0',
        outputs: { text: { value: 'A', label } },
      },
    ]);
    frame();
    expect(view.nested('each#0')).toMatchObject({
      workflow: '#shout',
      startedAt: 10,
      endedAt: 20,
      outputs: { text: { value: 'A' } },
    });
  });

  it('keeps a nested run once when its start comes again', () => {
    const { view } = viewed([started, { ...started, seq: 2 }]);
    expect(view.nestedOf('each')).toHaveLength(1);
  });

  it('logs an event once, however often it arrives', () => {
    const line: RunEvent = {
      type: 'node-log',
      runId,
      seq: 1,
      time: 1,
      path: 'a',
      attempt: 1,
      level: 'warn',
      message: 'Careful',
    };
    const { view, frame } = viewed([line, line]);
    view.take([line]);
    frame();
    expect(view.log().map(({ message }) => message)).toEqual(['Careful']);
  });

  it('keeps a question until it is answered', () => {
    const ask: RunEvent = {
      type: 'human-input-start',
      runId,
      seq: 1,
      time: 1,
      path: 'a',
      attempt: 1,
      requestId: 'q',
      key: 'k',
      question: { title: 'Go on?', schema: {} },
    };
    const { view, frame } = viewed([ask]);
    expect(view.requests().map(({ requestId }) => requestId)).toEqual(['q']);
    const at = { type: 'human-input-remind', runId, time: 1, path: 'a', attempt: 1, requestId: 'q', key: 'k' } as const;
    view.take([
      { ...at, seq: 2, stage: 'reminder' },
      { ...at, seq: 3, stage: 'escalation', to: 'Bo' },
    ]);
    frame();
    expect(view.requests()).toHaveLength(1);
    expect(
      view
        .log()
        .slice(-2)
        .map(({ message }) => message),
    ).toEqual(['Not answered yet: reminder sent.', 'Escalated to Bo, who may now answer too.']);
    view.take([
      {
        type: 'human-input-end',
        runId,
        seq: 4,
        time: 2,
        path: 'a',
        attempt: 1,
        requestId: 'q',
        key: 'k',
        outcome: 'answered',
        value: true,
        by: 'Ada',
      },
    ]);
    frame();
    expect(view.requests()).toEqual([]);
    expect(view.log().at(-1)?.message).toBe('Answered by Ada.');
  });
});
