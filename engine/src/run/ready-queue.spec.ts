import { describe, expect, it } from '@jest/globals';
import { ReadyQueue } from './ready-queue.js';

describe('the queue of ready executions', () => {
  it('returns executions in the order of their arrival, even after it was empty', () => {
    const queue = new ReadyQueue<string>();
    const seen: unknown[] = [];
    queue.push('a');
    queue.push('b');
    seen.push(queue.take());
    queue.push('c');
    seen.push(queue.take(), queue.take(), queue.take());
    queue.push('d');
    seen.push(queue.isEmpty, queue.take(), queue.isEmpty);
    expect(seen).toEqual(['a', 'b', 'c', undefined, false, 'd', true]);
  });
});
