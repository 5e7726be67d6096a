import { describe, expect, it } from '@jest/globals';
import { ReadyQueue } from './ready-queue.js';
import type { Task } from './run-tree.js';

const task = (path: string): Task => ({ path }) as Task;

describe('the queue of ready executions', () => {
  it('gives them in the order in which they came, also after it was empty', () => {
    const queue = new ReadyQueue();
    const seen: (string | undefined)[] = [];
    queue.push(task('a'));
    queue.push(task('b'));
    seen.push(queue.take()?.path);
    queue.push(task('c'));
    seen.push(queue.take()?.path, queue.take()?.path, queue.take()?.path);
    queue.push(task('d'));
    seen.push(String(queue.isEmpty), queue.take()?.path, String(queue.isEmpty));
    expect(seen).toEqual(['a', 'b', 'c', undefined, 'false', 'd', 'true']);
  });
});
