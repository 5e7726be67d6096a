import { describe, expect, it } from '@jest/globals';
import { createBench, plain, planOf } from '../testing/harness.js';
import { chain } from '../testing/sketches.js';
import { testNodes } from '../testing/test-nodes.js';

const kinds = (records: readonly { readonly type: string }[]) => records.map(({ type }) => type);

describe('an answer that comes before a resumed run has read its earlier runs', () => {
  it('is written behind the record of the resumption, so that a crash after it leaves no answered run suspended', async () => {
    const nodes = testNodes({
      b: async ({ context }) => ({
        out: await context.requestInput('ok', { title: 'OK?', schema: { type: 'boolean' } }),
      }),
    });
    const bench = createBench(nodes);
    await bench.run(chain, { inputs: { value: 1 } });
    const suspended = await bench.run(chain, { inputs: { value: 1 }, runId: 'run-2', origin: 'run-1', reused: ['a'] });
    const [requestId = ''] = suspended.requests ?? [];
    const before = (await bench.records('run-2')).length;

    const revived = await bench.resume('run-2', planOf(chain, nodes));
    await revived.handle.answer(requestId, { value: true });
    expect(kinds((await bench.records('run-2')).slice(before, before + 2))).toEqual(['run-resume', 'human-input-end']);
    expect((await bench.journal.summary('run-2')).status).toBe('running');
    const { status, outputs } = await revived.finish();
    expect([status, plain(outputs)]).toEqual(['done', { value: { type: 'answered', value: true } }]);
  });
});
