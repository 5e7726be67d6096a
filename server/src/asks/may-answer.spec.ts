import { describe, expect, it } from '@jest/globals';
import { localPrincipal, type OpenAsk, type Principal } from '@heddle/core';
import { answererOf, checkAnswerer } from './may-answer.js';

const user = (name: string): Principal => ({ kind: 'user', id: `user:${name}`, name, roles: new Map() });
const ask = (question: Partial<OpenAsk['question']>): OpenAsk => ({
  askId: 'a',
  runId: 'r',
  path: 'ask',
  time: 0,
  question: { title: 'T', schema: {}, ...question },
});

describe('who answers', () => {
  it('is the assignee, or the person at the machine, or anybody where nobody is named', () => {
    expect(() => checkAnswerer(ask({ assignee: 'ada' }), user('ada'), 1)).not.toThrow();
    expect(() => checkAnswerer(ask({ assignee: 'ada' }), localPrincipal, 1)).not.toThrow();
    expect(() => checkAnswerer(ask({}), user('bo'), 1)).not.toThrow();
    expect(() => checkAnswerer(ask({ assignee: 'ada' }), user('bo'), 1)).toThrow('for ada to answer');
  });

  it('is whom it is escalated to from the reminder on', () => {
    const question = ask({ assignee: 'ada', escalateTo: 'bo', remindAt: 10 });
    expect(() => checkAnswerer(question, user('bo'), 9)).toThrow('for ada to answer');
    expect(() => checkAnswerer(question, user('bo'), 10)).not.toThrow();
  });

  it('is nobody any more once the time is over', () => {
    expect(() => checkAnswerer(ask({ dueAt: 10 }), user('ada'), 9)).not.toThrow();
    expect(() => checkAnswerer(ask({ dueAt: 10 }), user('ada'), 10)).toThrow('is over');
  });

  it('is recorded as who they are, not as who they say', () => {
    expect([
      answererOf(user('bo'), 'ada'),
      answererOf(localPrincipal, 'ada'),
      answererOf(localPrincipal, undefined),
    ]).toEqual(['user:bo', 'ada', 'local']);
  });
});
