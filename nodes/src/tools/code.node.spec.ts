import { describe, expect, it } from '@jest/globals';
import { type Sandbox } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { code } from './code.node.js';

describe('code', () => {
  const sandbox = (result: unknown): Sandbox & { calls: unknown[][] } => {
    const calls: unknown[][] = [];
    return { calls, run: async (text, given, options) => (calls.push([text, given, options?.timeoutMs]), result) };
  };

  it('passes its inputs to the sandbox and returns the result of the code', async () => {
    const fake = sandbox([1, 2]);
    const { outputs } = await runNode(code, {
      config: {
        code: 'return input.a',
        inputs: [
          { name: 'a', type: 'json' },
          { name: 'b', required: false },
        ],
        timeoutMs: 50,
      },
      inputs: { a: 1 },
      resources: { sandbox: fake },
    });
    expect(outputs).toEqual({ result: [1, 2] });
    expect(fake.calls).toEqual([['return input.a', { a: 1 }, 50]]);
  });

  it('spreads an object over its outputs, and leaves out the keys that are missing', async () => {
    const config = {
      outputs: [{ name: 'total', type: 'Number' }, { name: 'note', type: 'Text' }, { name: 'toString' }],
    };
    expect(
      (await runNode(code, { config, inputs: { value: 1 }, resources: { sandbox: sandbox({ total: '3', other: 1 }) } }))
        .outputs,
    ).toEqual({ total: 3 });
    await expect(
      runNode(code, { config, inputs: { value: 1 }, resources: { sandbox: sandbox(3) } }),
    ).rejects.toMatchObject({ code: 'code_error' });
    await expect(
      runNode(code, { config, inputs: { value: 1 }, resources: { sandbox: sandbox({ total: 'x' }) } }),
    ).rejects.toMatchObject({ code: 'schema_mismatch' });
  });
});
