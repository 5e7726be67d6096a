import { createFakeClock } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Heddle } from '../heddle/heddle.js';
import { createFakeEngine } from '../testing/fake-engine.js';
import { createTestHeddle } from '../testing/test-heddle.js';
import { testDocument } from '../testing/test-nodes.js';

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

let heddle: Heddle;
afterEach(async () => {
  await heddle.stop();
  await heddle.close();
});

function open() {
  const clock = createFakeClock();
  const engine = createFakeEngine();
  heddle = createTestHeddle({ clock, engine, settings: { HEDDLE_MAX_RUNS: '1' } });
  const start = async (): Promise<string> => {
    const request = { inputs: { question: 'why' } };
    return (await heddle.runs.start({ document: testDocument(), request, trigger: 'test' })).runId;
  };
  return { clock, engine, start };
}

describe('a slot for a run', () => {
  it('goes to runs that have begun before new ones, and at once to a run that is answered, whose position in the queue then ends', async () => {
    const { clock, engine, start } = open();
    const asking = await start();
    const asked = await engine.driven(asking);
    const about = { time: clock.now(), path: 'shout', attempt: 1, requestId: 'ask1', key: 'k' };
    await asked.append({ type: 'human-input-start', ...about, question: { title: 'Really?', schema: {} } });
    await asked.suspend(clock.now() + 60_000);
    await settle();
    const other = await start();
    const fresh = await start();
    await clock.advance(60_000);
    await settle();
    expect([asking, fresh].map((runId) => heddle.queue.positionOf(runId))).toEqual([1, 2]);
    await heddle.runs.answer(asking, 'ask1', { value: true });
    expect(heddle.queue.counts).toEqual({ running: 2, queued: 1 });
    await (await engine.driven(other)).finish();
    await settle();
    expect(engine.begun).toEqual([asking, other, asking]);
    expect(heddle.queue.counts).toEqual({ running: 1, queued: 1 });
    for (const runId of [asking, fresh]) await (await engine.driven(runId)).finish();
    await settle();
    expect(heddle.queue.counts).toEqual({ running: 0, queued: 0 });
  });

  it('is awaited without the acceptance of the run, which is read when the run may start', async () => {
    const { engine, start } = open();
    const { journal } = heddle.parts;
    const read: string[] = [];
    const acceptance = journal.acceptance.bind(journal);
    Object.assign(journal, {
      acceptance: (runId: string) => {
        read.push(runId);
        return acceptance(runId);
      },
    });
    const working = await start();
    const waiting = await start();
    await settle();
    expect(read).toEqual([]);
    await (await engine.driven(working)).finish();
    await engine.driven(waiting);
    expect(read).toEqual([waiting]);
  });
});
