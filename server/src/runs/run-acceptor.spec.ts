import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { createFakeEngine } from '../testing/fake-engine.js';
import { createTestHeddle } from '../testing/test-heddle.js';
import { testDocument } from '../testing/test-nodes.js';

type Flushed = (error: Error | null) => void;

/** A Heddle whose disk confirms a write when the test says so, and a run that it is starting. */
async function startRun() {
  const flushes: Flushed[] = [];
  let isPaused = true;
  const sync = (_log: number, done: Flushed): void => {
    if (isPaused) flushes.push(done);
    else setImmediate(done, null);
  };
  const engine = createFakeEngine();
  const heddle = createTestHeddle({ engine, withStoredJournal: true, sync });
  const received: string[] = [];
  const started = heddle.runs.start({
    document: testDocument(),
    request: { inputs: { question: 'why' } },
    trigger: 'test',
  });
  void started.then(
    () => received.push('accepted'),
    () => received.push('refused'),
  );
  while (engine.begun.length === 0 || flushes.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [runId = ''] = engine.begun;
  return {
    heddle,
    started,
    received,
    driven: await engine.driven(runId),
    end: (error: Error | null): void => {
      isPaused = false;
      flushes.shift()?.(error);
    },
  };
}

describe('accepting a run', () => {
  it('starts the run with its commit, and answers once it is on the disk', async () => {
    const { heddle, started, received, driven, end } = await startRun();
    expect(heddle.queue.counts).toEqual({ running: 1, queued: 0 });
    expect(received).toEqual([]);
    let isStored = false;
    void driven.run.stored?.then(() => (isStored = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isStored).toBe(false);
    end(null);
    expect(await started).toEqual({ runId: driven.runId });
    expect(isStored).toBe(true);
    await heddle.stop();
    await heddle.close();
  });

  it('cancels no run when the store refuses it before its start', async () => {
    const heddle = createTestHeddle({ engine: createFakeEngine() });
    const given: string[] = [];
    Object.assign(heddle.parts.journal, {
      accept: () => Promise.reject(new HeddleError('storage_full', 'The disk is full.')),
    });
    Object.assign(heddle.runs, { cancel: (runId: string) => Promise.resolve(given.push(runId)) });
    const request = { inputs: { question: 'why' } };
    await expect(heddle.runs.start({ document: testDocument(), request, trigger: 'test' })).rejects.toMatchObject({
      code: 'storage_full',
    });
    expect([given, heddle.queue.counts]).toEqual([[], { running: 0, queued: 0 }]);
    await heddle.stop();
    await heddle.close();
  });

  it('is refused when the disk fails, and cancels the run that has started', async () => {
    const { heddle, started, driven, end } = await startRun();
    end(Object.assign(new Error('i/o error'), { code: 'EIO' }));
    await expect(started).rejects.toMatchObject({ code: 'storage_failed' });
    for (let round = 0; round < 100 && heddle.queue.counts.running > 0; round += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await heddle.runs.summary(driven.runId)).status).toBe('cancelled');
    const events = await heddle.parts.journal.events(driven.runId);
    expect(events.map(({ type }) => type)).toEqual(['run-start', 'cancel-request', 'run-end']);
    expect(events[1]).toMatchObject({ code: 'storage_failed', reason: expect.stringMatching(/heddle\.db-wal/) });
    expect(events[2]).toMatchObject({ status: 'cancelled', error: { code: 'storage_failed' } });
    expect(heddle.queue.counts).toEqual({ running: 0, queued: 0 });
    await heddle.stop();
    await heddle.close();
  });
});
