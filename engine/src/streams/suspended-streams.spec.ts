import { describe, expect, it } from '@jest/globals';
import { createBench, plain, planOf } from '../testing/harness.js';
import { reader, writer } from '../testing/sketches.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

const question = { title: 'Go on?', schema: { type: 'object', properties: { yes: { type: 'boolean' } } } } as const;

/** A node that writes, asks a person and writes on, and a reader that copies the text. */
function bed(more: Behaviours = {}) {
  const reads: string[][] = [];
  const nodes = testNodes({
    ...more,
    p: async function* ({ context }) {
      yield { delta: 'Before. ' };
      await context.requestInput('ok', question);
      yield { delta: 'After.' };
      return { text: 'Before. After.' };
    },
    c: async function* ({ inputs }) {
      const read: string[] = [];
      reads.push(read);
      for await (const delta of inputs['text'] as AsyncIterable<string>) {
        read.push(delta);
        yield { delta };
      }
      return { out: read.join('') };
    },
  });
  const sketch = {
    nodes: { p: writer(), c: reader, e: 'out' },
    edges: ['p.text -> c.text', 'c.out -> e.value'],
  };
  return { nodes, sketch, reads };
}

describe('streams of executions that suspend', () => {
  it('let the run suspend with their readers, which start again with the writer', async () => {
    const { nodes, sketch, reads } = bed();
    const bench = createBench(nodes);
    const run = await bench.start(sketch);
    const outcome = await run.finish();
    expect([outcome.status, reads]).toEqual(['suspended', [['Before. ']]]);
    const resumed = await bench.resume(run.handle.runId, planOf(sketch, nodes));
    await resumed.handle.answer(outcome.requests?.[0] ?? '', { value: { yes: true } });
    expect(plain((await resumed.finish()).outputs)).toEqual({ value: 'Before. After.' });
  });

  it('give readers nothing twice if the writer continues while the run is in memory', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { nodes, sketch, reads } = bed({ w: () => gate.then(() => ({ out: 1 })) });
    const bench = createBench(nodes);
    const run = await bench.start({
      ...sketch,
      nodes: { ...sketch.nodes, w: { type: 'do', config: { inputs: [] } } },
    });
    await run.settle();
    const [requestId = ''] = run.events.flatMap((event) =>
      event.type === 'human-input-start' ? [event.requestId] : [],
    );
    await run.handle.answer(requestId, { value: { yes: true } });
    await run.settle();
    open();
    expect(plain((await run.finish()).outputs)).toEqual({ value: 'Before. After.' });
    expect(reads).toEqual([['Before. '], ['Before. ', 'After.']]);
    const starts = run.events.flatMap((event) =>
      event.type === 'node-start' ? [`${event.path} ${event.attempt}`] : [],
    );
    expect(starts).toEqual(['p 1', 'w 1', 'c 1', 'p 2', 'c 2', 'e 1']);
  });
});
