import { describe, expect, it } from '@jest/globals';
import { labelOf, type StreamEvent } from '@heddle/core';
import { foldAnswer, noAnswer } from './follow-chat.js';

const base = { runId: 'r', time: 0, path: 'builder', attempt: 1 };
const delta = (offset: number, text: string): StreamEvent => ({
  ...base,
  type: 'node-delta',
  port: 'said',
  offset,
  delta: text,
});
const step = (seq: number, tool: string, error?: string): StreamEvent => ({
  ...base,
  type: 'tool-call',
  seq,
  tool,
  source: 'mcp',
  permission: 'allow',
  argumentsHash: 'sha256:0',
  label: labelOf('internal'),
  started: 0,
  ...(error === undefined ? {} : { error: { code: 'change_invalid', message: error, retryable: false } }),
});

describe('the answer of a model that builds', () => {
  it('grows with its text and its steps, and ends with the run', () => {
    const events: StreamEvent[] = [
      delta(0, 'I look'),
      delta(6, ' first.'),
      step(1, 'heddle-build__read_draft'),
      step(2, 'heddle-build__change_draft', 'There is no node.'),
      {
        ...base,
        type: 'run-end',
        seq: 3,
        status: 'done',
        outputs: { text: { value: 'It is built.', label: labelOf('internal') } },
      },
    ];
    const answer = events.reduce(foldAnswer, noAnswer);
    expect(answer).toEqual({
      text: 'It is built.',
      state: 'done',
      error: undefined,
      steps: [
        { title: 'Reads the draft', error: undefined },
        { title: 'Changes the draft', error: 'There is no node.' },
      ],
    });
  });

  it('starts again with a new attempt, and says why the run failed', () => {
    const failed: StreamEvent = {
      ...base,
      type: 'run-end',
      seq: 1,
      status: 'failed',
      error: { code: 'label_refused', message: 'No.', retryable: false },
    };
    expect([delta(0, 'Hello'), delta(0, 'Hi'), failed].reduce(foldAnswer, noAnswer)).toMatchObject({
      text: 'Hi',
      state: 'failed',
      error: 'No.',
    });
  });
});
