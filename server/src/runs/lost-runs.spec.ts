import { createFakeClock } from '@heddle/core/testing';
import { HeddleError } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { silentLog } from '../heddle/log.js';
import { createFakeEngine } from '../testing/fake-engine.js';
import { createTestHeddle } from '../testing/test-heddle.js';
import { testDocument } from '../testing/test-nodes.js';
import { LostRuns } from './lost-runs.js';

const full = new HeddleError('storage_full', 'The disk is full.');

describe('runs that a fault of the store stopped', () => {
  it('are taken up by themselves once the store works, and looked for less often meanwhile', async () => {
    const clock = createFakeClock();
    let isFull = true;
    let looks = 0;
    const back: string[] = [];
    const lost = new LostRuns({
      clock,
      log: silentLog,
      check: () => {
        looks += 1;
        if (isFull) throw full;
      },
      takeUp: ({ runId }) => back.push(runId),
    });
    lost.add('a', 'g', full);
    lost.add('b', 'g', full);
    lost.add('c', 'g', full);
    lost.remove('c');
    await clock.advance(60_000);
    expect([looks, back]).toEqual([7, []]);
    expect(lost.list()).toMatchObject([{ runId: 'a', error: { code: 'storage_full' } }, { runId: 'b' }]);
    isFull = false;
    await clock.advance(15_000);
    expect(back).toEqual(['a', 'b']);
    expect(lost.list()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('go on in the same process, and are told as waiting for the store until then', async () => {
    const clock = createFakeClock();
    const engine = createFakeEngine();
    const heddle = createTestHeddle({ engine, clock });
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'test',
    });
    const driven = await engine.driven(runId);
    driven.lose();
    await clock.advance(0);
    expect(heddle.runs.lost).toMatchObject([{ runId }]);
    expect((await heddle.runs.summary(runId)).status).toBe('queued');
    await clock.advance(2_000);
    expect(engine.begun).toEqual([runId, runId]);
    expect(heddle.runs.lost).toEqual([]);
    await heddle.stop();
    await heddle.close();
  });
});
