import { describe, expect, it } from '@jest/globals';
import { HeddleError, type Journal } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import fc from 'fast-check';
import { createMemoryJournal } from '../memory-journal.js';
import { createBench, type Sketch } from '../testing/harness.js';
import { holds, propertyTimeout } from '../testing/properties.js';
import { inner } from '../testing/sketches.js';
import { testNodes } from '../testing/test-nodes.js';

/** The append during which the run is released, and the append from which on the journal is lost, as numbers from 1. */
interface Loss {
  readonly releaseAt: number;
  readonly loseAt: number;
}

/** A journal with slow appends, which another worker takes over at one of them. */
function lostJournal({ releaseAt, loseAt }: Loss, release: () => void): Journal {
  const memory = createMemoryJournal(createFakeClock());
  let appends = 0;
  return {
    ...memory,
    append: async (runId, records, options) => {
      const number = (appends += 1);
      await new Promise((resolve) => setImmediate(resolve));
      if (number === releaseAt) release();
      await new Promise((resolve) => setImmediate(resolve));
      if (number >= loseAt) throw new HeddleError('run_lost', 'Another worker has the run.');
      return memory.append(runId, records, options);
    },
  };
}

/** A node that runs three nested runs at once, beside one that runs none. */
const sketch: Sketch = {
  nodes: {
    a: { type: 'do', config: { inputs: [], workflow: '#inner' } },
    b: { type: 'do', config: { inputs: [] } },
    c: { type: 'do', config: { inputs: ['a', 'b'] } },
    e: 'out',
  },
  edges: ['a.out -> c.a', 'b.out -> c.b', 'c.out -> e.value'],
  workflows: { inner },
};

describe('a run whose journal is lost', () => {
  it(
    'leaves memory whenever it is released and lost, even with nested runs under way',
    async () => {
      const number = fc.integer({ min: 1, max: 14 });
      await holds(
        fc.asyncProperty(number, number, async (releaseAt, loseAt) => {
          const nodes = testNodes({
            a: async ({ context }) => ({
              out: await Promise.all(['x', 'y', 'z'].map((value) => context.run(value, '#inner', { value }))),
            }),
            b: async ({ context }) => ({ out: await context.step('effect', () => Promise.resolve(1)) }),
            c: () => ({ out: 1 }),
          });
          let release = (): void => undefined;
          const bench = createBench(nodes, { journal: lostJournal({ releaseAt, loseAt }, () => release()) });
          const run = await bench.start(sketch);
          release = () => void run.handle.release();
          const outcome = await run.finish();
          expect(['done', 'paused', 'released']).toContain(outcome.status);
        }),
      );
    },
    propertyTimeout,
  );
});
