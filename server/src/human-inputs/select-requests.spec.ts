import { describe, expect, it } from '@jest/globals';
import type { OpenRequest } from '@heddle/core';
import { markOf, selectRequests } from './select-requests.js';

const ask = (requestId: string, question: Partial<OpenRequest['question']>): OpenRequest => ({
  requestId,
  runId: 'r',
  path: 'ask',
  time: 0,
  question: { title: 'T', schema: {}, ...question },
});
const requests = [
  ask('plain', {}),
  ask('hers', { assignee: 'ada' }),
  ask('late', { assignee: 'ada', dueAt: 5 }),
  ask('passed', { assignee: 'bo', escalateTo: 'ada', remindAt: 5 }),
];
const ids = (wanted: Parameters<typeof selectRequests>[1], now: number): string[] =>
  selectRequests(requests, wanted, now).map(({ requestId }) => requestId);

describe('open requests', () => {
  it('are filtered by assignee, escalated ones from their reminder on', () => {
    expect(ids({ assignee: 'ada' }, 4)).toEqual(['hers', 'late']);
    expect(ids({ assignee: 'ada' }, 5)).toEqual(['hers', 'late', 'passed']);
  });

  it('are filtered by whether they are due or their reminder has passed', () => {
    expect(ids({ overdue: 'true' }, 5)).toEqual(['late', 'passed']);
    expect(ids({ overdue: 'false' }, 5)).toEqual(['plain', 'hers']);
    expect(ids({}, 5)).toHaveLength(4);
  });

  it('report their state: an escalation can come later than the reminder', () => {
    const passedOn = ask('passed', { assignee: 'bo', escalateTo: 'ada', remindAt: 5, escalateAt: 9 });
    expect([4, 5, 8, 9].map((now) => markOf(passedOn, now))).toEqual(['open', 'reminded', 'reminded', 'escalated']);
    expect(markOf(ask('plain', {}), 99)).toBe('open');
    expect(selectRequests([passedOn], { assignee: 'ada' }, 8)).toEqual([]);
    expect(selectRequests([passedOn], { assignee: 'ada' }, 9)).toHaveLength(1);
  });
});
