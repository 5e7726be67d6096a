import { describe, expect, it } from '@jest/globals';
import type { RunReply } from '@heddle/core';
import { foldTry, type TryState } from './follow-try.js';
import { typedValue } from './RowSource.js';
import { totalsText } from './ColumnHead.js';
import { answerOf, totalsOf } from './try-state.js';

const delta = (offset: number, text: string, more: object = {}) => ({
  type: 'node-delta',
  path: 'answer',
  attempt: 1,
  port: 'text',
  offset,
  delta: text,
  ...more,
});

describe('an answer while it is written', () => {
  it('grows by its deltas, and starts again with the next attempt', () => {
    const events = [
      { type: 'run-queue', position: 2 },
      { type: 'node-queue', path: 'answer', limit: 'model:a', position: 3 },
      delta(0, 'Hello'),
      delta(5, ' Ada'),
      delta(0, 'other', { path: 'prompt' }),
      { type: 'node-end', path: 'answer', outputs: {} },
      'nonsense',
    ];
    const states: TryState[] = [{ text: '' }];
    for (const event of events) states.push(foldTry(states.at(-1) ?? { text: '' }, event));
    expect(states[1]).toEqual({ text: '', waiting: 'Waiting for a slot' });
    expect(states[2]).toEqual({ text: '', waiting: 'Position 3 in the queue' });
    expect(states.at(-1)).toEqual({ text: 'Hello Ada' });
    expect(foldTry({ text: 'Hello' }, delta(0, 'Hi', { attempt: 2 }))).toEqual({ text: 'Hi' });
    expect(foldTry({ text: 'x' }, { type: 'node-snapshot', path: 'answer', port: 'text', text: 'all' })).toEqual({
      text: 'all',
    });
  });
});

const run = (more: Partial<RunReply>): RunReply => ({
  runId: 'r',
  status: 'done',
  outputs: { answer: 'Yes' },
  nodes: { answer: { path: 'answer', status: 'done', attempt: 1, ms: 400 } },
  summary: {
    runId: 'r',
    workflowName: 'Try',
    status: 'done',
    trigger: 'editor',
    acceptedAt: 0,
    lastSeq: 1,
    inputTokens: 10,
    outputTokens: 5,
    cost: 0.25,
  },
  ...more,
});

describe('an answer that ended', () => {
  it('has the time of its call, its tokens and its cost, or says why it failed', () => {
    const done = answerOf(run({}));
    expect(done).toEqual({ status: 'done', runId: 'r', text: 'Yes', ms: 400, tokens: 15, cost: 0.25 });
    const error = { code: 'budget_exceeded', message: 'The budget is spent.', retryable: false } as const;
    const failed = answerOf(run({ status: 'failed', outputs: {}, error }));
    expect(failed).toEqual({ status: 'failed', runId: 'r', message: 'The budget is spent.' });
    const totals = totalsOf([done, done, failed, { status: 'running', text: '' }]);
    expect(totals).toEqual({ done: 2, failed: 1, meanMs: 400, tokens: 30, cost: 0.5 });
    expect(totalsText(totals)).toMatch(/^2 answers · 1 failed · .* each · 30 tokens · /);
    expect(totalsText(totalsOf([]))).toBe('Not run yet');
  });
});

describe('a typed value', () => {
  it('is read as JSON only when the prompt reads a part of it', () => {
    const whole = { name: 'note', isOptional: false, paths: ['note'] };
    const inside = { name: 'customer', isOptional: false, paths: ['customer.name'] };
    expect(typedValue(whole, '{"a":1}')).toBe('{"a":1}');
    expect(typedValue(inside, '{"name":"Ada"}')).toEqual({ name: 'Ada' });
    expect(typedValue(inside, '{')).toBe('{');
  });
});
