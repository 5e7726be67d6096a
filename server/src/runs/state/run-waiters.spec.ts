import { describe, expect, it } from '@jest/globals';
import { createTestHeddle } from '../../testing/test-heddle.js';
import { testDocument } from '../../testing/test-nodes.js';
import { RunWaiters } from './run-waiters.js';

describe('RunWaiters', () => {
  it('wakes all waiters of a run, and no others', async () => {
    const waiters = new RunWaiters();
    const woken: string[] = [];
    const wait = (runId: string, name: string) => waiters.add(runId).left.then(() => woken.push(name));
    void wait('a', 'first');
    const second = wait('a', 'second');
    void wait('b', 'other');
    waiters.wake('a');
    await second;
    expect([woken, waiters.size]).toEqual([['first', 'second'], 1]);
  });

  it('keeps nothing of a wait that was cancelled', () => {
    const waiters = new RunWaiters();
    const one = waiters.add('a');
    const two = waiters.add('a');
    one.forget();
    expect(waiters.size).toBe(1);
    two.forget();
    one.forget();
    expect(waiters.size).toBe(0);
  });
});

describe('waiting for runs', () => {
  it('leaves nothing behind when the run has ended', async () => {
    const heddle = createTestHeddle();
    try {
      const start = async () =>
        heddle.runs.start({
          document: await heddle.compile.read(testDocument()),
          request: { inputs: { question: 'why' } },
          trigger: 'api',
        });
      const { runId } = await start();
      await heddle.runs.wait(runId);
      await heddle.runs.wait(runId);
      expect(heddle.runs.awaited).toBe(0);
    } finally {
      await heddle.close();
    }
  });
});
