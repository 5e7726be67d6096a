import { describe, expect, it } from '@jest/globals';
import { localPrincipal, type OpenRequest, type Principal } from '@heddle/core';
import { answererOf, checkAnswerer as check } from './may-answer.js';
import { personFacts, type NamedUsers } from './named-users.js';

const user = (name: string): Principal => ({ kind: 'user', id: `user:${name}`, name, roles: new Map() });
const users: NamedUsers = [
  { id: 'u1', email: 'ada@example.org', name: 'Ada' },
  { id: 'u2', email: 'bo@example.org', name: 'Bo' },
  { id: 'u3', email: 'other.bo@example.org', name: 'Bo' },
  { id: 'u4', email: 'mallory@example.org', name: 'ada@example.org' },
  { id: 'u5', email: 'eve@example.org', name: 'u1' },
];
const checkAnswerer = (asked: OpenRequest, caller: Principal, now: number): void => check(asked, caller, users, now);
const member = (id: string, name: string): Principal => ({ ...user(id), name });
const ask = (question: Partial<OpenRequest['question']>): OpenRequest => ({
  requestId: 'a',
  runId: 'r',
  path: 'ask',
  time: 0,
  question: { title: 'T', schema: {}, ...question },
});

describe('the person who may answer', () => {
  it('is the assignee, or the local user, or anyone when there is no assignee', () => {
    expect(() => checkAnswerer(ask({ assignee: 'ada' }), user('ada'), 1)).not.toThrow();
    expect(() => checkAnswerer(ask({ assignee: 'ada' }), localPrincipal, 1)).not.toThrow();
    expect(() => checkAnswerer(ask({}), user('bo'), 1)).not.toThrow();
    expect(() => checkAnswerer(ask({ assignee: 'ada' }), user('bo'), 1)).toThrow('for ada to answer');
  });

  it('is also the person to whom it is escalated, from the reminder on', () => {
    const question = ask({ assignee: 'ada', escalateTo: 'bo', remindAt: 10 });
    expect(() => checkAnswerer(question, user('bo'), 9)).toThrow('for ada to answer');
    expect(() => checkAnswerer(question, user('bo'), 10)).not.toThrow();
  });

  it('does not exist once the time is over', () => {
    expect(() => checkAnswerer(ask({ dueAt: 10 }), user('ada'), 9)).not.toThrow();
    expect(() => checkAnswerer(ask({ dueAt: 10 }), user('ada'), 10)).toThrow('is over');
  });

  it('is named by address, by id, or by a name that only one user has', () => {
    const ada = member('u1', 'Ada');
    for (const assignee of ['ada@example.org', 'Ada@Example.org', 'Ada', 'u1', 'user:u1'])
      expect(() => checkAnswerer(ask({ assignee }), ada, 1)).not.toThrow();
    expect(() => checkAnswerer(ask({ assignee: 'ada@example.org' }), member('u4', 'ada@example.org'), 1)).toThrow(
      'for ada@example.org to answer',
    );
    // A user whose name is the id of another user.
    expect(() => checkAnswerer(ask({ assignee: 'u1' }), member('u5', 'u1'), 1)).toThrow('for u1 to answer');
    expect(() => checkAnswerer(ask({ assignee: 'other.bo@example.org' }), member('u3', 'Bo'), 1)).not.toThrow();
    expect(() => checkAnswerer(ask({ assignee: 'Bo' }), member('u2', 'Bo'), 1)).toThrow('Several users have that name');
    expect(() =>
      checkAnswerer(ask({ assignee: 'Bo', escalateTo: 'u2', remindAt: 1 }), member('u2', 'Bo'), 1),
    ).not.toThrow();
  });

  it('is not a key or service with the name of the assignee', () => {
    const named = (kind: 'key' | 'service', id: string): Principal => ({ ...user('x'), kind, id, name: 'Ada' });
    expect(() => checkAnswerer(ask({ assignee: 'Ada' }), named('key', 'key:k1'), 1)).toThrow('for Ada to answer');
    expect(() => checkAnswerer(ask({ assignee: 'Ada' }), named('service', 'service:Ada'), 1)).toThrow('for Ada');
    expect(() => checkAnswerer(ask({ assignee: 'key:k1' }), named('key', 'key:k1'), 1)).not.toThrow();
  });

  it('is recorded by identity, not by the name in the answer', () => {
    expect([
      answererOf(user('bo'), 'ada'),
      answererOf(localPrincipal, 'ada'),
      answererOf(localPrincipal, undefined),
    ]).toEqual(['user:bo', 'ada', 'local']);
  });

  it('is checked in the editor, which reports a name of no user, or of several', () => {
    const { personProblem } = personFacts(users);
    expect(['Ada', 'ada@example.org', 'u3', 'user:u3', 'key:k1'].map((name) => personProblem(name))).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect(personProblem('Bo')?.message).toContain('Several users');
    expect(personProblem('ad')?.fix).toContain('email address');
    const left = users.map((known) => ({ ...known, isDisabled: known.id === 'u1' }));
    for (const name of ['Ada', 'u1']) expect(personFacts(left).personProblem(name)?.message).toContain('disabled');
    expect(personFacts([]).personProblem('ad')).toBeUndefined();
  });
});
