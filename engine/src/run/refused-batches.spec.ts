import { describe, expect, it } from '@jest/globals';
import { HeddleError, isDurable, type Journal } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import fc from 'fast-check';
import { createMemoryJournal } from '../memory-journal.js';
import { createBench, type Sketch, type TestBench } from '../testing/harness.js';
import { holds, propertyTimeout } from '../testing/properties.js';
import { chain } from '../testing/sketches.js';
import { testNodes } from '../testing/test-nodes.js';

/** What a journal does with an append: it commits at once or later, or refuses it at once or later. */
const answer = fc.constantFrom('now', 'later', 'refuse', 'refuse later');
type Answer = 'now' | 'later' | 'refuse' | 'refuse later';

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A journal that answers appends as the list says, and commits at once after its end. */
function fickleJournal(answers: readonly Answer[]): Journal {
  const inner = createMemoryJournal(createFakeClock());
  const left = [...answers];
  const full = new HeddleError('storage_full', 'The disk is full.');
  return {
    ...inner,
    append(runId, records, options) {
      const next = left.shift() ?? 'now';
      if (next === 'refuse') throw full;
      if (next === 'now') return inner.append(runId, records, options);
      return later().then(() => {
        if (next === 'refuse later') throw full;
        return inner.append(runId, records, options);
      });
    },
  };
}

/** Lanes side by side, each of two nodes. */
const lanes: Sketch = {
  nodes: Object.fromEntries(
    [1, 2, 3, 4].flatMap((lane) => [
      [`a${lane}`, { type: 'do', config: { inputs: [], behaviour: 'wait' } }],
      [`b${lane}`, { type: 'do', config: { behaviour: 'wait' } }],
    ]),
  ),
  edges: [1, 2, 3, 4].map((lane) => `a${lane}.out -> b${lane}.in`),
};

describe('batches that the journal refuses', () => {
  it(
    'stay before all later records of the run',
    async () => {
      const spans = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 8, maxLength: 8 });
      await holds(
        fc.asyncProperty(fc.array(answer, { maxLength: 25 }), spans, async (answers, times) => {
          const left = [...times];
          const wait = (): Promise<{ out: number }> =>
            new Promise((resolve) => {
              bench.clock.at(bench.clock.now() + (left.shift() ?? 1), () => resolve({ out: 1 }));
            });
          const bench: TestBench = createBench(testNodes({ wait }), { journal: fickleJournal(bounded(answers)) });
          const { status, events } = await bench.run(lanes);
          expect(status).toBe('done');
          const records = await bench.records();
          const moments = records.map(({ time }) => time);
          expect(moments).toEqual([...moments].sort((a, b) => a - b));
          expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
          expect(events.filter(isDurable)).toEqual(records);
        }),
      );
    },
    propertyTimeout,
  );

  it('pause the run at once if a retry cannot help', async () => {
    let appends = 0;
    const inner = createMemoryJournal(createFakeClock());
    const journal: Journal = {
      ...inner,
      append: (runId, records) => {
        appends += 1;
        if (records.some((record) => record.type === 'node-end'))
          throw new RangeError('Maximum call stack size exceeded');
        return inner.append(runId, records);
      },
    };
    const bench = createBench(testNodes(), { journal });
    const outcome = await bench.run(chain, { inputs: { value: 1 } });
    expect(outcome).toMatchObject({ status: 'paused', error: { code: 'internal' } });
    expect(bench.clock.pending).toBe(0);
    expect(appends).toBeLessThan(4);
  });
});

/** The engine gives a run back after ten refusals in a row. */
function bounded(answers: readonly Answer[]): Answer[] {
  return answers.map((one, index) => (index % 6 === 5 ? 'now' : one));
}
