import { labelOf, type CallScope, type ScopeRecord, type Usage } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import type { CallOutcome, PlannedCall } from './call-guard.js';
import { reportGuard } from './report-guard.js';

const price = { model: 'big', inputPerMillion: 1_000, outputPerMillion: 2_000, currency: 'USD', asOf: '2026-01-01' };
const planned: PlannedCall = {
  kind: 'generate',
  subject: 'far/big',
  connection: 'far',
  isLocal: false,
  inputTokens: 10,
  outputTokens: 50,
  price: undefined,
};

/** What is recorded of a call whose provider reports this usage. */
async function written(
  usage: Usage,
  call: Partial<PlannedCall> = {},
  error?: CallOutcome['error'],
  outputBytes = 0,
): Promise<readonly ScopeRecord[]> {
  const records: ScopeRecord[] = [];
  const scope: CallScope = {
    runId: 'r',
    path: 'answer',
    attempt: 1,
    label: labelOf('internal'),
    signal: new AbortController().signal,
    run: {
      runId: 'r',
      workflowId: 'w',
      workflowName: 'W',
      time: 0,
      trigger: 'test',
      inputs: {},
      options: {},
      rootId: 'r',
      origin: undefined,
      reused: [],
      caller: { principal: 'key:k', key: 'k' },
    },
    passages: () => [],
    record: (record) => records.push(record),
  };
  const settle = await reportGuard.admit({ ...planned, ...call }, scope);
  await settle?.({ usage, outputBytes, ms: 1, error });
  return records;
}

describe('the usage that a provider reports', () => {
  it('is recorded when it is more than was possible, even without a budget', async () => {
    for (const usage of [
      { inputTokens: 1, outputTokens: 51 },
      { inputTokens: 9_000_000, outputTokens: 1 },
    ])
      expect(await written(usage)).toEqual([
        expect.objectContaining({
          type: 'node-decision',
          kind: 'budget',
          summary: expect.stringContaining(`${usage.inputTokens} tokens in and ${usage.outputTokens} out`),
        }),
      ]);
  });

  it('is recorded when it costs more than was possible', async () => {
    expect(await written({ inputTokens: 1, outputTokens: 1, cost: 1 }, { price })).toHaveLength(1);
    expect(await written({ inputTokens: 1, outputTokens: 1, cost: 0.001 }, { price })).toEqual([]);
  });

  it('is recorded when it is less than what was sent and received', async () => {
    const outputBytes = 4_000;
    for (const usage of [
      { inputTokens: 0, outputTokens: 40 },
      { inputTokens: 9, outputTokens: 0 },
      { inputTokens: 9, outputTokens: 3 },
    ])
      expect(await written(usage, {}, undefined, outputBytes)).toEqual([
        expect.objectContaining({ kind: 'budget', summary: expect.stringContaining('less than was used') }),
      ]);
    expect(await written({ inputTokens: 9, outputTokens: 40 }, {}, undefined, outputBytes)).toEqual([]);
  });

  it('is not recorded when it is possible, from a local model, or our own estimate', async () => {
    const much = { inputTokens: 99, outputTokens: 99 };
    expect(await written({ inputTokens: 10, outputTokens: 50 })).toEqual([]);
    expect(await written(much, { isLocal: true })).toEqual([]);
    expect(await written(much, { kind: 'embed' })).toEqual([]);
    const broken = { code: 'stream_incomplete', message: 'It broke.', retryable: true } as const;
    expect(await written(much, {}, broken)).toEqual([]);
  });
});
