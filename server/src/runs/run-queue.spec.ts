import { describe, expect, it } from '@jest/globals';
import { RunQueue } from './run-queue.js';

describe('RunQueue', () => {
  it('takes turns between workflows, first come first served within one', () => {
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

  it('counts reserved places, so that racing requests cannot overfill it', () => {
    const queue = new RunQueue(1, 1);
    queue.reserve();
    queue.reserve();
    expect(() => queue.reserve()).toThrow(expect.objectContaining({ code: 'busy' }));
    queue.unreserve();
    expect(() => queue.reserve()).not.toThrow();
  });

  it('lets a waiting run be taken out, and begins nothing after it was stopped', () => {
    const begun: string[] = [];
    const queue = new RunQueue(1, 10);
    for (const runId of ['a', 'b', 'c']) queue.add({ runId, group: 'g', begin: () => begun.push(runId) });
    expect([queue.remove('b'), queue.remove('a'), queue.has('c')]).toEqual([true, false, true]);
    queue.stop();
    queue.leave();
    expect(begun).toEqual(['a']);
    expect(() => queue.reserve()).toThrow(expect.objectContaining({ code: 'shutting_down' }));
  });
});
