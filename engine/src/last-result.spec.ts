import { describe, expect, it } from '@jest/globals';
import type { Journal, RunRecord } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createMemoryJournal } from './memory-journal.js';
import { createBench, plain, ticks, type Sketch } from './testing/harness.js';
import { testNodes, type Behaviours } from './testing/test-nodes.js';

/** A journal that records its batches, and answers an append only when a test calls its function in `answer`. */
function watchedJournal(): Journal & { readonly batches: string[][]; readonly answer: (() => void)[] } {
  const inner = createMemoryJournal(createFakeClock());
  const batches: string[][] = [];
  const answer: (() => void)[] = [];
  const nameOf = (record: RunRecord): string => ('path' in record ? `${record.type} ${record.path}` : record.type);
  return {
    ...inner,
    batches,
    answer,
    append: (runId, records) => {
      batches.push(records.map(nameOf));
      return new Promise((resolve) => answer.push(() => resolve(inner.append(runId, records))));
    },
  };
}

async function batchesOf(sketch: Sketch, behaviours: Behaviours = {}): Promise<string[][]> {
  const journal = watchedJournal();
  const bench = createBench(testNodes(behaviours), { journal });
  const run = await bench.start(sketch, { inputs: { value: 1 } });
  for (let round = 0; round < 30; round += 1) {
    await ticks(2);
    journal.answer.shift()?.();
  }
  await run.finish();
  return journal.batches;
}

const chain: Sketch = { nodes: { s: 'in', a: 'do', e: 'out' }, edges: ['s.value -> a.in', 'a.out -> e.value'] };

describe('the last result of a run', () => {
  it('is committed together with the end of the run; every other result is committed before its edges settle', async () => {
    expect(await batchesOf(chain)).toEqual([
      ['run-start', 'node-start s', 'node-end s'],
      ['node-start a', 'node-end a'],
      ['node-start e', 'node-end e', 'run-end'],
    ]);
  });

  it('does not end the run while another branch works', async () => {
    const sketch: Sketch = {
      nodes: { s: 'in', a: 'do', b: 'do', e: 'out', f: { type: 'out', config: { fields: ['other'] } } },
      edges: ['s.value -> e.value', 's.value -> a.in', 'a.out -> b.in', 'b.out -> f.other'],
    };
    const batches = await batchesOf(sketch);
    expect(batches.map((batch) => batch.includes('run-end'))).toEqual([false, false, false, true]);
    expect(batches[1]).toEqual(expect.arrayContaining(['node-end e', 'node-end a']));
  });

  it('is stored even if another branch fails the run', async () => {
    const sketch: Sketch = {
      nodes: { s: 'in', a: 'do', e: 'out', f: { type: 'out', config: { fields: ['other'] } } },
      edges: ['s.value -> e.value', 's.value -> a.in', 'a.out -> f.other'],
    };
    const journal = createMemoryJournal(createFakeClock());
    const bench = createBench(testNodes({ a: () => Promise.reject(new Error('no')) }), { journal });
    const outcome = await bench.run(sketch, { inputs: { value: 1 } });
    expect([outcome.status, plain(outcome.outputs)]).toEqual(['failed', {}]);
    expect((await bench.records()).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['node-end', 'node-error', 'run-end']),
    );
  });
});
