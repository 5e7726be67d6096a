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

describe('sessions that are open', () => {
  it('all stay while there is room', () => {
    const { closed, add, sessions } = open(2);
    add('one', 'ada');
    add('two', 'eve');
    expect([closed, sessions.get('one')]).toEqual([[], 'one']);
  });

  it('give way where whoever has the most did not use one for longest, however old those of others are', () => {
    const { closed, add, sessions, clock } = open(4);
    add('ada', 'ada');
    for (const id of ['one', 'two', 'three']) add(id, 'eve');
    clock.jump(clock.now() + 1_000);
    sessions.use('one')();
    add('four', 'eve');
    expect([closed, sessions.get('two')]).toEqual([['two'], undefined]);
  });

  it('give way with a call under way only where each has one', () => {
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

  it('end after a day without a word, but not while something is under way', () => {
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
