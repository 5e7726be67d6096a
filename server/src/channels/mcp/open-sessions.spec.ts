import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { OpenSessions } from './open-sessions.js';

function open(most: number) {
  const clock = createFakeClock(0);
  const closed: string[] = [];
  const sessions = new OpenSessions<string>(clock, most, (session) => void closed.push(session));
  const add = (id: string, owner: string): void => {
    clock.jump(clock.now() + 1_000);
    sessions.add(id, owner, id);
  };
  return { clock, closed, sessions, add };
}

describe('open sessions', () => {
  it('all stay while there is room', () => {
    const { closed, add, sessions } = open(2);
    add('one', 'ada');
    add('two', 'eve');
    expect([closed, sessions.get('one')]).toEqual([[], 'one']);
  });

  it('are closed when there are too many: the least recently used of the caller who has most', () => {
    const { closed, add, sessions, clock } = open(4);
    add('ada', 'ada');
    for (const id of ['one', 'two', 'three']) add(id, 'eve');
    clock.jump(clock.now() + 1_000);
    sessions.use('one')();
    add('four', 'eve');
    expect([closed, sessions.get('two')]).toEqual([['two'], undefined]);
  });

  it('are closed during a call only when every session has a call', () => {
    const { closed, add, sessions } = open(2);
    add('one', 'ada');
    const end = sessions.use('one');
    add('two', 'ada');
    add('three', 'ada');
    expect(closed).toEqual(['two']);
    sessions.use('three');
    add('four', 'ada');
    expect(closed).toEqual(['two', 'one']);
    end();
  });

  it('end after a day without a message, unless a call is under way', () => {
    const { closed, add, sessions, clock } = open(9);
    add('silent', 'ada');
    add('listening', 'ada');
    sessions.use('listening');
    clock.jump(clock.now() + 25 * 3_600_000);
    add('next', 'ada');
    expect(closed).toEqual(['silent']);
    sessions.remove('next');
    expect(sessions.get('next')).toBeUndefined();
  });
});
