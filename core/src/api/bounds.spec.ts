import { describe, expect, it } from '@jest/globals';
import { SaveConnectionRequest } from './connections.js';
import { BatchConfig, GivenBatchConfig } from './channels.js';
import { CreateKeyRequest } from './identity.js';
import { PublishRequest, SetLiveRequest } from './publishing.js';
import { SaveBudgetRequest } from './routing.js';
import { ShareConfig, ShareReply } from './shares.js';
import { ResumeBatchRequest } from './triggers.js';
import { Budget } from '../ports/budget.js';
import type { z } from 'zod';

const scope = { kind: 'all' };
const connection = { id: 'a', kind: 'openai', title: 'A', baseUrl: 'https://api.example.com/v1' };
const price = { model: 'm', inputPerMillion: 1, outputPerMillion: 1, asOf: '2026-01-01' };
const canary = { version: 2, share: 0.5 };

/** Name, schema, a request with the number, sensible numbers, absurd numbers. */
const cases: readonly [string, z.ZodType, (number: number) => unknown, readonly number[], readonly number[]][] = [
  [
    'money of a budget',
    SaveBudgetRequest,
    (money) => ({ scope, limits: { money } }),
    [0, 0.01, 1e9],
    [1e308, 1e-300, -1],
  ],
  ['tokens of a budget', SaveBudgetRequest, (tokens) => ({ scope, limits: { tokens } }), [0, 1e9], [1e15, 0.5]],
  ['calls of a budget', SaveBudgetRequest, (calls) => ({ scope, limits: { calls } }), [0, 1e9], [1e12]],
  ['seconds of a budget', SaveBudgetRequest, (seconds) => ({ scope, limits: { seconds } }), [0.5], [1e308]],
  [
    'calls a minute of a key',
    CreateKeyRequest,
    (ratePerMinute) => ({ name: 'k', scopes: { ratePerMinute } }),
    [60],
    [1e9],
  ],
  ['the end of a key', CreateKeyRequest, (expiresAt) => ({ name: 'k', scopes: { expiresAt } }), [2e12], [1e308, 1e18]],
  ['money of a link', ShareConfig, (money) => ({ name: 'l', budget: { money } }), [0.5], [1e308, 0]],
  ['tokens of a link', ShareConfig, (tokens) => ({ name: 'l', budget: { tokens } }), [1000], [1e15]],
  ['the end of a link', ShareConfig, (expiresAt) => ({ name: 'l', expiresAt }), [2e12], [1e308]],
  ['money of a batch', GivenBatchConfig, (budget) => ({ budget }), [5], [1e308]],
  ['more money of a batch', ResumeBatchRequest, (budget) => ({ budget }), [5], [1e308]],
  ['mean time of a canary', PublishRequest, (maxMeanMs) => ({ canary: { share: 0.5, maxMeanMs } }), [5_000], [1e308]],
  [
    'runs of a canary',
    SetLiveRequest,
    (minRuns) => ({ live: { version: 1, canary: { ...canary, minRuns } } }),
    [10],
    [1e12],
  ],
  [
    'requests of a connection',
    SaveConnectionRequest,
    (requestsPerMinute) => ({ ...connection, limits: { requestsPerMinute } }),
    [60],
    [1e12],
  ],
  [
    'tokens of a connection',
    SaveConnectionRequest,
    (tokensPerMinute) => ({ ...connection, limits: { tokensPerMinute } }),
    [1e6],
    [1e15],
  ],
  [
    'a price',
    SaveConnectionRequest,
    (inputPerMillion) => ({ ...connection, prices: [{ ...price, inputPerMillion }] }),
    [0, 15],
    [1e308],
  ],
];

describe('numbers in requests', () => {
  it.each(cases)('accepts sensible and refuses absurd values: %s', (_what, schema, request, sensible, absurd) => {
    for (const number of sensible) expect(schema.safeParse(request(number)).error).toBeUndefined();
    for (const number of absurd) expect([number, schema.safeParse(request(number)).success]).toEqual([number, false]);
  });

  it('names the maximum in the message', () => {
    const { error } = SaveBudgetRequest.safeParse({ scope, limits: { money: 1e308 } });
    expect(error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['limits.money', 'At most 1,000,000,000'],
    ]);
    expect(GivenBatchConfig.safeParse({ budget: 1e308 }).error?.issues[0]?.message).toBe('At most 1,000,000,000');
  });

  it('reads stored numbers that are over the limits of requests', () => {
    expect(Budget.parse({ id: 'a', scope, limits: { money: 1e308 } }).limits.money).toBe(1e308);
    expect(BatchConfig.parse({ budget: 1e308 }).budget).toBe(1e308);
    expect(ShareReply.shape.expiresAt.safeParse(1e308).success).toBe(true);
  });
});
