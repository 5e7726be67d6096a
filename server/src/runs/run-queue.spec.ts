import { describe, expect, it } from '@jest/globals';
import { RunQueue } from './run-queue.js';

describe('RunQueue', () => {
  it('alternates between workflows, first come first served within one', () => {
    const begun: string[] = [];
    const queue = new RunQueue(1, 100);
    const add = (runId: string, group: string) => queue.add({ runId, group, begin: () => begun.push(runId) });
    for (const runId of ['a1', 'a2', 'a3', 'a4']) add(runId, 'a');
    add('b1', 'b');
    add('c1', 'c');
    for (let index = 0; index < 6; index += 1) queue.leave();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'a4']);
    expect(queue.counts).toEqual({ running: 0, queued: 0 });
  });

  it('counts reserved slots, so that concurrent requests cannot overfill it', () => {
    const queue = new RunQueue(1, 1);
    queue.reserve('g');
    queue.reserve('g');
    expect(() => queue.reserve('g')).toThrow(expect.objectContaining({ code: 'busy' }));
    queue.unreserve('g');
    expect(() => queue.reserve('g')).not.toThrow();
  });

  it('reserves some slots beyond a full queue for workflows with few waiting runs', () => {
    const queue = new RunQueue(1, 200);
    const offer = (group: string, index: number): void => {
      queue.reserve(group);
      queue.unreserve(group);
      queue.add({ runId: `${group}-${index}`, group, begin: () => undefined });
    };
    for (let index = 0; index < 201; index += 1) offer('flood', index);
    expect(() => queue.reserve('flood')).toThrow(expect.objectContaining({ code: 'busy' }));
    for (const group of ['one', 'two']) {
      for (let index = 0; index < 2; index += 1) offer(group, index);
      expect(() => queue.reserve(group)).toThrow(expect.objectContaining({ code: 'busy' }));
    }
    // Slots that are only reserved count too.
    for (let index = 0; index < 2; index += 1) queue.reserve('racing');
    expect(() => queue.reserve('racing')).toThrow(expect.objectContaining({ code: 'busy' }));
    // Giving up a reservation frees one slot, not all of its workflow.
    queue.unreserve('racing');
    queue.reserve('racing');
    expect(() => queue.reserve('racing')).toThrow(expect.objectContaining({ code: 'busy' }));
    for (let index = 0; index < 14; index += 1) offer(`other-${index}`, 0);
    expect(() => queue.reserve('last')).toThrow(expect.objectContaining({ code: 'busy' }));
    expect(queue.counts).toEqual({ running: 1, queued: 220 });
  });

  it('refuses no new run because of runs that return to the queue', () => {
    const queue = new RunQueue(1, 2);
    for (let index = 0; index < 10; index += 1)
      queue.add({ runId: `back-${index}`, group: 'a', hasBegun: true, begin: () => undefined });
    for (const runId of ['new-1', 'new-2']) {
      queue.reserve('a');
      queue.unreserve('a');
      queue.add({ runId, group: 'a', begin: () => undefined });
    }
    expect(() => queue.reserve('a')).toThrow(expect.objectContaining({ code: 'busy' }));
    queue.remove('new-1');
    expect(() => queue.reserve('a')).not.toThrow();
  });

  it('prefers runs that have begun to other runs of their workflow', () => {
    const begun: string[] = [];
    const queue = new RunQueue(1, 100);
    const add = (runId: string, group: string, hasBegun: boolean) =>
      queue.add({ runId, group, hasBegun, begin: () => begun.push(runId) });
    for (const runId of ['a1', 'a2', 'a3']) add(runId, 'a', false);
    add('b1', 'b', false);
    add('back1', 'a', true);
    add('back2', 'a', true);
    expect(queue.next(3).map(({ runId }) => runId)).toEqual(['back1', 'b1', 'back2']);
    expect(['a1', 'back1', 'b1', 'back2', 'a2', 'a3'].map((id) => queue.positionOf(id))).toEqual([
      undefined,
      1,
      2,
      3,
      4,
      5,
    ]);
    expect(queue.remove('back2')).toBe(true);
    for (let index = 0; index < 5; index += 1) queue.leave();
    expect(begun).toEqual(['a1', 'back1', 'b1', 'a2', 'a3']);
    expect(queue.counts).toEqual({ running: 0, queued: 0 });
  });

  it('removes a waiting run, and starts nothing after it was stopped', () => {
    const begun: string[] = [];
    const queue = new RunQueue(1, 10);
    for (const runId of ['a', 'b', 'c']) queue.add({ runId, group: 'g', begin: () => begun.push(runId) });
    expect([queue.remove('b'), queue.remove('a'), queue.has('c')]).toEqual([true, false, true]);
    queue.stop();
    queue.leave();
    expect(begun).toEqual(['a']);
    expect(() => queue.reserve('g')).toThrow(expect.objectContaining({ code: 'shutting_down' }));
  });

  it('gives a workflow no earlier slot when its only run was removed', () => {
    const begun: string[] = [];
    const queue = new RunQueue(1, 10);
    const add = (runId: string, group: string) => queue.add({ runId, group, begin: () => begun.push(runId) });
    add('a1', 'a');
    add('b1', 'b');
    add('c1', 'c');
    queue.remove('b1');
    add('b2', 'b');
    expect(queue.positionOf('b2')).toBe(2);
    for (let index = 0; index < 3; index += 1) queue.leave();
    expect(begun).toEqual(['a1', 'c1', 'b2']);
  });

  it('is free until a run occupies its last slot', () => {
    const queue = new RunQueue(1, 10);
    const add = (runId: string): void => queue.add({ runId, group: 'g', begin: () => undefined });
    expect(queue.isFree).toBe(true);
    add('a');
    expect(queue.isFree).toBe(false);
    queue.leave();
    expect(queue.isFree).toBe(true);
    queue.stop();
    expect(queue.isFree).toBe(false);
  });

  it('is fair and bounded with 500 at once and 10,000 waiting: small workflows do not wait for a big one', () => {
    const begun: string[] = [];
    const queue = new RunQueue(500, 10_000);
    const offer = (runId: string, group: string): void => {
      queue.reserve(group);
      queue.unreserve(group);
      queue.add({ runId, group, begin: () => begun.push(group) });
    };
    for (let index = 0; index < 10_400; index += 1) offer(`big-${index}`, 'big');
    for (let index = 0; index < 50; index += 1) offer(`one-${index}`, 'one');
    for (let index = 0; index < 50; index += 1) offer(`two-${index}`, 'two');
    expect(queue.counts).toEqual({ running: 500, queued: 10_000 });
    expect(() => queue.reserve('big')).toThrow(
      expect.objectContaining({ code: 'busy', details: expect.objectContaining({ retryAfterSeconds: 2 }) }),
    );
    for (let index = 0; index < 150; index += 1) queue.leave();
    const next = begun.slice(500);
    expect(['big', 'one', 'two'].map((group) => next.filter((name) => name === group).length)).toEqual([50, 50, 50]);
    for (let index = 0; index < 9_850 + 500; index += 1) queue.leave();
    expect([begun.length, queue.counts]).toEqual([10_500, { running: 0, queued: 0 }]);
  });
});
