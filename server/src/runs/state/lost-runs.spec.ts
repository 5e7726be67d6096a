import { createFakeClock } from '@heddle/core/testing';
import { defineNode, HeddleError, Json } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { healthOf } from '../../health/health.js';
import { silentLog } from '../../common/log.js';
import { createFakeEngine } from '../../testing/fake-engine.js';
import { createTestHeddle } from '../../testing/test-heddle.js';
import { testDocument } from '../../testing/test-nodes.js';
import { LostRuns } from './lost-runs.js';

const full = new HeddleError('storage_full', 'The disk is full.');

describe('runs that a fault of the store stopped', () => {
  it('are resumed once the store works again, which is checked less and less often', async () => {
    const clock = createFakeClock();
    let isFull = true;
    let checks = 0;
    const back: string[] = [];
    const lost = new LostRuns(
      clock,
      silentLog,
      () => {
        checks += 1;
        if (isFull) throw full;
      },
      ({ runId }) => back.push(runId),
    );
    lost.add('a', 'g', full);
    lost.add('b', 'g', full);
    lost.add('c', 'g', full);
    lost.remove('c');
    await clock.advance(60_000);
    expect([checks, back]).toEqual([7, []]);
    expect(lost.list()).toMatchObject([{ runId: 'a', error: { code: 'storage_full' } }, { runId: 'b' }]);
    isFull = false;
    await clock.advance(15_000);
    expect(back).toEqual(['a', 'b']);
    expect(lost.list()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('may not wait any more after the same fault for a quarter of an hour while the store works', async () => {
    const clock = createFakeClock();
    const lost = new LostRuns(
      clock,
      silentLog,
      () => undefined,
      () => undefined,
    );
    for (let minute = 0; minute < 15; minute += 1) {
      expect([lost.mayWait('a'), lost.mayWait(`other ${minute}`)]).toEqual([true, true]);
      await clock.advance(60_000);
    }
    expect([lost.mayWait('a'), lost.mayWait('b')]).toEqual([false, true]);
    await clock.advance(301_000);
    expect(lost.mayWait('a')).toBe(true);
  });

  it('may wait as long as the whole store has the fault', async () => {
    const clock = createFakeClock();
    let isFull = true;
    const check = (): void => {
      if (isFull) throw full;
    };
    const lost = new LostRuns(clock, silentLog, check, () => undefined);
    expect(lost.mayWait('a')).toBe(true);
    lost.add('a', 'g', full);
    await clock.advance(3_600_000);
    isFull = false;
    await clock.advance(15_000);
    expect(lost.mayWait('a')).toBe(true);
  });

  it('are resumed after longer and longer waits when they fail at once again', async () => {
    const clock = createFakeClock();
    let count = 0;
    const takeUp = (): void => {
      count += 1;
      lost.add('a', 'g', full);
    };
    const lost: LostRuns = new LostRuns(clock, silentLog, () => undefined, takeUp);
    lost.add('a', 'g', full);
    await clock.advance(40_000);
    expect(count).toBe(5);
  });

  it('end at once when the journal refused their records for another reason', async () => {
    const engine = createFakeEngine();
    const heddle = createTestHeddle({ engine, clock: createFakeClock() });
    const { runId } = await heddle.runs.start({
      document: testDocument(),
      request: { inputs: { question: 'why' } },
      trigger: 'test',
    });
    const driven = await engine.driven(runId);
    driven.lose({ code: 'node_output_invalid', message: 'It is nested too deeply.', retryable: false });
    expect(await heddle.runs.settled(runId)).toMatchObject({
      status: 'failed',
      error: { code: 'node_output_invalid', message: 'It is nested too deeply.' },
    });
    expect([heddle.runs.lost, engine.begun]).toEqual([[], [runId]]);
    await heddle.stop();
    await heddle.close();
  });

  it('end at once when a node returned a value that cannot be stored, while the store works', async () => {
    let calls = 0;
    const deep = defineNode({
      type: 'deep',
      version: 1,
      category: 'data',
      title: 'Deep',
      summary: 'Nests a value.',
      role: 'step',
      effects: [],
      config: z.object({}),
      inputs: {},
      outputs: { value: Json },
      run: () => {
        calls += 1;
        let value: unknown = 1;
        for (let level = 0; level < 100_000; level += 1) value = [value];
        return { value };
      },
    });
    const heddle = createTestHeddle({ engine: { startRun, resumeRun }, withStoredJournal: true, nodes: [deep] });
    const document = {
      ...testDocument('Deep'),
      nodes: { deep: { type: 'deep', version: 1, config: {} } },
      edges: [],
    };
    const { runId } = await heddle.runs.start({ document, request: { inputs: {} }, trigger: 'test' });
    expect((await heddle.runs.settled(runId)).status).toBe('failed');
    expect([calls, heddle.runs.lost, (await healthOf(heddle)).status]).toEqual([1, [], 'ok']);
    await heddle.stop();
    await heddle.close();
  });

  it('go on in the same process, and are reported as waiting for the store until then', async () => {
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
