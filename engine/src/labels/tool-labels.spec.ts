import { describe, expect, it } from '@jest/globals';
import { labelOf, type Resources, type Tools } from '@heddle/core';
import { createBench, type Sketch } from '../testing/harness.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

const chain: Sketch = {
  nodes: { a: { type: 'do', config: { inputs: [] } }, e: 'out' },
  edges: ['a.out -> e.value'],
};

describe('labels of tools', () => {
  it('does not call a tool with data above the clearance of its server, but calls one of another server', async () => {
    const called: string[] = [];
    const destinationAt = (name: string) =>
      ({ name, clearance: name === 'far' ? 'internal' : 'restricted', isLocal: false }) as const;
    const tools: Tools = {
      destinationOf: async (name) => destinationAt(name.split('__')[0] ?? ''),
      list: () => Promise.resolve([]),
      call: (name) => {
        called.push(name);
        return Promise.resolve({ value: undefined, text: 'ok' });
      },
    };
    const behaviours: Behaviours = {
      a: async ({ context }) => {
        context.raise(labelOf('confidential'));
        const host = await context.use('tools');
        const options = { signal: context.signal, idempotencyKey: 'k' };
        await host.call('near__read', {}, options);
        await host.call('far__read', {}, options);
        return { out: 1 };
      },
    };
    const resources: Resources = { use: () => Promise.resolve(tools as never) };
    const outcome = await createBench(testNodes(behaviours), { host: { resources } }).run(chain);
    expect([outcome.status, called]).toEqual(['failed', ['near__read']]);
    const decisions = outcome.events.flatMap((event) =>
      event.type === 'label-decision' ? [[event.decision, event.destination]] : [],
    );
    expect(decisions).toEqual([
      ['allowed', 'near'],
      ['refused', 'far'],
    ]);
  });
});
