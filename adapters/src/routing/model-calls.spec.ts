import type { Journal, RunRecord, Tables } from '@heddle/core';
import { acceptanceOf, bundleNamed, createFakeClock } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { createModelCalls, type ModelCalls } from './model-calls.js';
import { createRouteDecisions, type RouteDecisions } from './route-decisions.js';

type Call = Extract<RunRecord, { type: 'model-call' }>;
const day = 86_400_000;
const call = (model: string, more: Partial<Call> = {}): Call => ({
  type: 'model-call',
  time: day + 200,
  path: 'say',
  attempt: 1,
  model,
  kind: 'generate',
  isLocal: false,
  parameters: {},
  promptHash: 'sha256:0',
  label: { level: 'public', marks: [] },
  started: day,
  usage: { inputTokens: 10, outputTokens: 5, firstTokenMs: 100, cost: 0.5, currency: 'USD', cachedTokens: 6 },
  ...more,
});
const decision = (path: string, kind = 'route'): RunRecord =>
  ({ type: 'node-decision', time: 3, path, attempt: 1, kind, summary: 'S', details: { chosen: path } }) as RunRecord;

describe.each(bothJournals)('model calls in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let calls: ModelCalls;
  let decisions: RouteDecisions;
  let journal: Journal;
  let clock: ReturnType<typeof createFakeClock>;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    clock = createFakeClock(day + 1_000);
    calls = createModelCalls(tables, { clock, samples: 3 });
    decisions = createRouteDecisions(tables, 2);
    journal = fresh.journalWith([calls.projection, decisions.projection]);
    const caller = { principal: 'key:k', project: 'default', key: 'k' };
    await journal.accept(acceptanceOf('r', { workflowId: 'w', caller }), bundleNamed('W'));
  });
  afterEach(() => journal.close());
  const spend = async (by: Parameters<ModelCalls['spend']>[0]['by']) => calls.spend({ from: 0, to: 3 * day, by });

  it('are summed by day, model, workflow, connection and key, by currency', async () => {
    const failed = {
      error: { code: 'busy' as const, message: 'No.', retryable: true },
      usage: undefined,
      started: 2 * day,
    };
    await journal.append('r', [{ type: 'run-start', time: 1 }, call('far/big'), call('far/big'), call('near', failed)]);
    await calls.keepCall({ owner: 'e', workflow: undefined, key: undefined, record: call('far/judge') });
    await calls.keepTrial('near', { inputTokens: 3, outputTokens: 61, firstTokenMs: 300, totalMs: 1_200 });
    const [big] = await spend('model');
    expect(big).toMatchObject({
      name: 'far/big',
      currency: 'USD',
      money: 1,
      calls: 2,
      failed: 0,
      inputTokens: 20,
      outputTokens: 10,
      cachedTokens: 12,
      cacheWriteTokens: 0,
      cacheSaved: 0,
      batched: 0,
      batchSaved: 0,
      seconds: 0.4,
    });
    const names = async (by: Parameters<typeof spend>[0]) => (await spend(by)).map(({ name, calls: n }) => [name, n]);
    expect(await names('day')).toEqual([
      ['1970-01-02', 3],
      ['1970-01-03', 1],
    ]);
    expect(await names('model')).toEqual([
      ['far/big', 2],
      ['far/judge', 1],
      ['near', 1],
    ]);
    expect(await names('workflow')).toEqual([
      ['w', 2],
      ['', 1],
      ['w', 1],
    ]);
    expect(await names('key')).toEqual([
      ['k', 2],
      ['', 1],
      ['k', 1],
    ]);
    expect(await names('connection')).toEqual([
      ['far', 3],
      ['', 1],
    ]);
    expect(await calls.modelsOf('r')).toEqual(['far/big']);
  });

  it('show the latency of the latest calls, and the speed including trials', async () => {
    expect([await calls.latency('m'), await calls.speed('m')]).toEqual([undefined, undefined]);
    await clock.advance(2_000);
    const ended = [400, 100, 200, 300].map((ms) => call('m', { time: day + ms }));
    await journal.append('r', [{ type: 'run-start', time: 1 }, ...ended]);
    expect(await calls.latency('m')).toEqual({ samples: 3, p50: 200, p95: 300, firstTokenP50: 100 });
    await calls.keepTrial('m', { inputTokens: 3, outputTokens: 61, firstTokenMs: 300, totalMs: 1_200 });
    await calls.keepTrial('untimed', { inputTokens: 3, outputTokens: 61 });
    // 4 and 4 tokens after the first in 100 and 200 ms, 60 in 900 ms.
    expect((await calls.speed('m'))?.tokensPerSecond).toBeCloseTo((68 / 1_200) * 1_000);
    expect(await calls.speed('untimed')).toBeUndefined();
  });

  it('are listed with the newest decisions of routes', async () => {
    await journal.append('r', [
      { type: 'run-start', time: 1 },
      decision('a'),
      decision('b'),
      decision('other', 'reuse'),
    ]);
    await journal.append('r', [decision('c')]);
    expect(await decisions.latest({ limit: 9 })).toMatchObject([
      { runId: 'r', path: 'c', time: 3, details: { chosen: 'c' } },
      { path: 'b' },
    ]);
    expect(await decisions.latest({ limit: 1, workflow: 'w' })).toHaveLength(1);
    expect(await decisions.latest({ limit: 1, workflow: 'v' })).toEqual([]);
  });
});
