import type { ShownRequest } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { assigneesOf, dueOf, assigneeText, orderRequests, requestText } from './order-requests.js';

const ask = (requestId: string, time: number, question: Partial<ShownRequest['question']> = {}): ShownRequest => ({
  requestId,
  runId: 'r',
  path: 'ask',
  time,
  mark: 'open',
  question: { title: 'T', schema: {}, ...question },
});
const all = { isOverdue: false, assignee: '' };

describe('questions in the inbox', () => {
  it('are ordered by the time at which they are due, then those without one from the oldest', () => {
    const requests = [ask('new', 9), ask('old', 1), ask('soon', 8, { dueAt: 60_000 }), ask('over', 8, { dueAt: 10 })];
    expect(orderRequests(requests, all, 100).map(({ requestId }) => requestId)).toEqual(['over', 'soon', 'old', 'new']);
    expect(orderRequests(requests, { ...all, isOverdue: true }, 100).map(({ requestId }) => requestId)).toEqual([
      'over',
    ]);
  });

  it('are for the assignee, and after the escalation also for the second person', () => {
    const escalated = ask('a', 0, { assignee: 'ada', escalateTo: 'bo', remindAt: 50 });
    expect([assigneeText(escalated, 49), assigneeText(escalated, 50), assigneeText(ask('b', 0), 0)]).toEqual([
      'ada',
      'ada or bo',
      'anybody',
    ]);
    const later = ask('c', 0, { assignee: 'ada', escalateTo: 'bo', remindAt: 50, escalateAt: 90 });
    expect([assigneeText(later, 60), assigneeText(later, 90)]).toEqual(['ada', 'ada or bo']);
    expect(assigneesOf([escalated, ask('b', 0)], 0)).toEqual(['ada', 'anybody']);
    expect(orderRequests([escalated, ask('b', 0)], { ...all, assignee: 'ada' }, 0)).toHaveLength(1);
  });

  it('say of a breakpoint that the run waits there, because it asks nobody', () => {
    const stopped = { ...ask('b', 0), isBreakpoint: true };
    expect([requestText(stopped, 0), requestText(ask('a', 0), 0)]).toEqual(['waits at a breakpoint', 'asks anybody']);
    expect(assigneesOf([stopped, ask('a', 0)], 0)).toEqual(['anybody', 'Breakpoints']);
    expect(orderRequests([stopped, ask('a', 0)], { ...all, assignee: 'anybody' }, 0)).toHaveLength(1);
  });

  it('say when they are due, and whether they are overdue', () => {
    expect(dueOf(ask('a', 0, { dueAt: 60_000 }), 0)).toEqual({ text: 'Due in 1 min', isOver: false });
    expect(dueOf(ask('a', 0, { dueAt: 60_000, remindAt: 10 }), 20)?.isOver).toBe(true);
    expect(dueOf(ask('a', 0, { dueAt: 1000 }), 3000)).toEqual({ text: 'Overdue for 2.0 s', isOver: true });
    expect(dueOf(ask('a', 0, { remindAt: 1000 }), 3000)?.text).toBe('Reminder since 2.0 s');
    expect(dueOf(ask('a', 0), 0)).toBeUndefined();
  });
});
