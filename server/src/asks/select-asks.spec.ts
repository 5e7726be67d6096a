import { describe, expect, it } from '@jest/globals';
import type { OpenAsk } from '@heddle/core';
import { markOf, selectAsks } from './select-asks.js';

const ask = (askId: string, question: Partial<OpenAsk['question']>): OpenAsk => ({
  askId,
  runId: 'r',
  path: 'ask',
  time: 0,
  question: { title: 'T', schema: {}, ...question },
});
const asks = [
  ask('plain', {}),
  ask('hers', { assignee: 'ada' }),
  ask('late', { assignee: 'ada', dueAt: 5 }),
  ask('passed', { assignee: 'bo', escalateTo: 'ada', remindAt: 5 }),
];
const ids = (wanted: Parameters<typeof selectAsks>[1], now: number): string[] =>
  selectAsks(asks, wanted, now).map(({ askId }) => askId);

describe('open questions', () => {
  it('are listed by whom they are for, escalated ones from their reminder on', () => {
    expect(ids({ assignee: 'ada' }, 4)).toEqual(['hers', 'late']);
    expect(ids({ assignee: 'ada' }, 5)).toEqual(['hers', 'late', 'passed']);
  });

  it('are listed by whether their time or reminder has come', () => {
    expect(ids({ overdue: 'true' }, 5)).toEqual(['late', 'passed']);
    expect(ids({ overdue: 'false' }, 5)).toEqual(['plain', 'hers']);
    expect(ids({}, 5)).toHaveLength(4);
  });

  it('say how far they are: an escalation may come later than the reminder', () => {
    const passedOn = ask('passed', { assignee: 'bo', escalateTo: 'ada', remindAt: 5, escalateAt: 9 });
    expect([4, 5, 8, 9].map((now) => markOf(passedOn, now))).toEqual(['open', 'reminded', 'reminded', 'escalated']);
    expect(markOf(ask('plain', {}), 99)).toBe('open');
    expect(selectAsks([passedOn], { assignee: 'ada' }, 8)).toEqual([]);
    expect(selectAsks([passedOn], { assignee: 'ada' }, 9)).toHaveLength(1);
  });
});
