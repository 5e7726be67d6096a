import { describe, expect, it } from '@jest/globals';
import type { ShownRequest } from '@heddle/core';
import { stageOf, timesOf } from './request-stage.js';

const ask = (question: Partial<ShownRequest['question']>, mark: ShownRequest['mark'] = 'open'): ShownRequest => ({
  requestId: 'a',
  runId: 'r',
  path: 'ask',
  time: 0,
  mark,
  question: { title: 'T', schema: {}, ...question },
});

describe('the stage of a question', () => {
  const question = { assignee: 'ada', escalateTo: 'bo', remindAt: 1000, escalateAt: 61_000 };

  it('is open, then reminded, then escalated, and says what comes next', () => {
    expect(stageOf(ask(question), 0)).toEqual({ mark: 'open', text: undefined, next: 'escalates to bo in 1 min 1 s' });
    expect(stageOf(ask(question), 3000)).toEqual({
      mark: 'reminded',
      text: 'Reminded ada 2.0 s ago',
      next: 'escalates to bo in 58.0 s',
    });
    expect(stageOf(ask(question), 63_000)).toEqual({
      mark: 'escalated',
      text: 'Escalated to bo 2.0 s ago',
      next: undefined,
    });
  });

  it('is escalated with the reminder when the escalation has no time of its own', () => {
    const { mark } = stageOf(ask({ escalateTo: 'bo', remindAt: 10 }), 10);
    expect(mark).toBe('escalated');
    expect(stageOf(ask({ remindAt: 10 }), 1010).text).toBe('Reminded 1.0 s ago');
  });

  it('is never behind the stage that the server reports', () => {
    expect(stageOf(ask(question, 'escalated'), 0)).toMatchObject({ mark: 'escalated', text: 'Escalated to bo' });
    expect(stageOf(ask(question, 'open'), 3000).mark).toBe('reminded');
    expect(stageOf(ask({}), 3000)).toEqual({ mark: 'open', text: undefined, next: undefined });
  });

  it('lists its times in full, with the person of the escalation', () => {
    expect(timesOf(ask(question))).toMatch(/^Reminder .+\. Escalates to bo .+\.$/);
    expect(timesOf(ask({}))).toBe('');
  });
});
