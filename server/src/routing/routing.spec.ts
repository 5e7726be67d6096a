import { FolderBlobs } from '@heddle/adapters/blobs';
import { inJournal, openDatabase, sqliteTables, type HeddleDatabase } from '@heddle/adapters/database';
import { createFeedbackStore } from '@heddle/adapters/feedback';
import { createSqliteJournal } from '@heddle/adapters/journal';
import { Budget, RoutePolicy, type CandidateFacts, type RunRecord } from '@heddle/core';
import { acceptRun, createFakeClock } from '@heddle/core/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testClock } from '../testing/test-clock.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { createRouting } from './candidate-facts.js';
import { openRouting } from './open-routing.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import { whatIf } from './what-if.js';

const at = { path: 'answer', attempt: 1, time: createFakeClock().now() } as const;

function call(model: string, ms: number, cost?: number): RunRecord {
  return {
    type: 'model-call',
    ...at,
    model,
    kind: 'generate',
    isLocal: false,
    parameters: {},
    promptHash: 'sha256:0',
    label: { level: 'internal', marks: [] },
    started: at.time - ms,
    finishReason: 'stop',
    usage: {
      inputTokens: 10,
      outputTokens: 5,
      firstTokenMs: ms / 2,
      ...(cost === undefined ? {} : { cost, currency: 'USD', cachedTokens: 6, cacheWriteTokens: 2, cacheSaved: 0.25 }),
    },
  };
}

function openTestRouting(database: HeddleDatabase, clock: TrustedClock) {
  const { routing, projections } = openRouting(sqliteTables(database), clock);
  return { routing, projections: projections.map((projection) => inJournal(database, projection)) };
}

const facts = (model: string, price: number): CandidateFacts => ({
  model,
  isAvailable: true,
  isLocal: price === 0,
  clearance: 'restricted',
  contextTokens: 4000,
  circuit: 'closed',
  supports: { schema: true, tools: true, images: false },
  price: { input: price, output: price, currency: 'USD' },
  latency: { samples: 1, p50: price === 0 ? 900 : 300, p95: 900 },
  quality: undefined,
  queue: 0,
  budgetLeft: undefined,
});

describe('the stores of routing', () => {
  let folder: string;
  let database: HeddleDatabase;
  const clock = createFakeClock();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-routing-'));
    database = openDatabase(join(folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('measure tokens per second from runs and trials, and use trials for nothing else', async () => {
    const { routing, projections } = openTestRouting(database, testClock(clock));
    const journal = createSqliteJournal(database, {
      blobs: new FolderBlobs(join(folder, 'blobs')),
      clock,
      projections,
    });
    const { calls } = routing;
    expect(await calls.speed('near')).toBeUndefined();
    await acceptRun(journal, 'r1');
    // 4 tokens after the first in 100 ms.
    await journal.append('r1', [{ type: 'run-start', time: 1 }, call('near', 200)]);
    await clock.advance(2_000);
    expect(await calls.speed('near')).toEqual({ tokensPerSecond: 40, firstTokenMs: 100 });
    const latency = await calls.latency('near');
    // 60 more in 900 ms, so 64 tokens in a second.
    await calls.keepTrial('near', { inputTokens: 3, outputTokens: 61, firstTokenMs: 300, totalMs: 1_200 });
    await clock.advance(2_000);
    expect(await calls.speed('near')).toEqual({ tokensPerSecond: 64, firstTokenMs: 100 });
    expect(await calls.latency('near')).toEqual(latency);
    expect(await calls.spend({ from: 0, to: Number.MAX_SAFE_INTEGER, by: 'model' })).toMatchObject([
      { name: 'near', calls: 1 },
    ]);
    await calls.keepTrial('untimed', { inputTokens: 3, outputTokens: 61 });
    expect(await calls.speed('untimed')).toBeUndefined();
    await journal.close();
  });

  it('measure latency and add up spending from the calls in the journal', async () => {
    const { routing, projections } = openTestRouting(database, testClock(clock));
    const journal = createSqliteJournal(database, {
      blobs: new FolderBlobs(join(folder, 'blobs')),
      clock,
      projections,
    });
    await acceptRun(journal, 'a');
    const calls = Array.from({ length: 20 }, (_, index) => call('far/big', (index + 1) * 10, 0.5));
    await journal.append('a', [{ type: 'run-start', time: 1 }, ...calls, call('near', 5)]);
    expect(await routing.calls.latency('far/big')).toEqual({ samples: 20, p50: 100, p95: 190, firstTokenP50: 50 });
    expect(await routing.calls.latency('other')).toBeUndefined();
    expect(await routing.calls.modelsOf('a')).toEqual(['far/big', 'near']);
    expect(await routing.calls.spend({ from: 0, to: at.time + 1, by: 'connection' })).toMatchObject([
      {
        name: 'far',
        currency: 'USD',
        money: 10,
        calls: 20,
        inputTokens: 200,
        cachedTokens: 120,
        cacheWriteTokens: 40,
        cacheSaved: 5,
      },
      { name: '', currency: null, money: 0, calls: 1, cachedTokens: 0, cacheSaved: 0 },
    ]);
    const day = new Date(at.time - 10).toISOString().slice(0, 10);
    expect((await routing.calls.spend({ from: 0, to: at.time + 1, by: 'day' })).map(({ name }) => name)).toEqual([
      day,
      day,
    ]);
    await journal.close();
  });

  it('let a person grant the missing amount, in the commit of the answer', async () => {
    const { routing, projections } = openTestRouting(database, testClock(clock));
    const journal = createSqliteJournal(database, {
      blobs: new FolderBlobs(join(folder, 'blobs')),
      clock,
      projections,
    });
    await acceptRun(journal, 'a');
    const house = Budget.parse({ id: 'house', scope: { kind: 'all' }, limits: { calls: 0 }, onLimit: 'ask' });
    await sqliteTables(database).commit(routing.budgets.write.save(house));
    const origin = { runId: 'a', path: 'answer', workflow: undefined, connection: 'far', key: undefined };
    const needs = { money: 0, currency: undefined, tokens: 1 };
    let details: Record<string, unknown> = {};
    try {
      await routing.budgets.reserve(origin, needs);
    } catch (error) {
      details = (error as { details: Record<string, unknown> }).details;
    }
    const question = { title: 'More?', schema: {}, details: { ...details, kind: 'budget' } };
    const ask = (requestId: string): RunRecord => ({
      type: 'human-input-start',
      ...at,
      requestId,
      key: requestId,
      question,
    });
    const end = (requestId: string, approve: boolean): RunRecord => ({
      type: 'human-input-end',
      ...at,
      requestId,
      key: requestId,
      outcome: 'answered',
      value: { approve },
      by: 'user:u',
    });
    await journal.append('a', [{ type: 'run-start', time: 1 }, ask('1'), end('1', false)]);
    await expect(routing.budgets.reserve(origin, needs)).rejects.toThrow('was not made');
    await journal.append('a', [ask('2'), end('2', true)]);
    expect(await routing.budgets.reserve(origin, needs)).toBeDefined();
    // The grant is for one call.
    await expect(routing.budgets.reserve(origin, needs)).rejects.toThrow('was not made');
    await journal.close();
  });

  it('return the facts of models, with ratings and budgets', async () => {
    const { routing } = openTestRouting(database, testClock(clock));
    const tables = sqliteTables(database);
    const feedback = createFeedbackStore(tables, clock);
    const given = { runId: 'r', message: '', workflow: 'w', project: 'default', subject: 'u', who: 'u' };
    const entry = { ...given, models: ['near'], batches: [], label: 'internal' } as const;
    await tables.commit([
      ...feedback.write.give({ ...entry, score: 1 }),
      ...feedback.write.give({ ...entry, rating: 3 }),
    ]);
    const port = createRouting({
      routing,
      feedback,
      clock,
      contextTokens: 100,
      // Only the fields that facts use.
      connections: {
        languageModel: () =>
          Promise.resolve({
            info: {
              contextTokens: 9,
              supports: { schema: true, tools: true, images: true },
              destination: { name: 'far', clearance: 'internal', isLocal: false },
            },
          }),
        state: () => ({ circuit: 'open', waiting: 3 }),
      } as never,
      models: {
        isOpen: true,
        close: () => Promise.resolve(),
        get: () =>
          Promise.resolve({
            list: () =>
              Promise.resolve([{ card: { id: 'near', kind: 'generate', contextTokens: 8000 }, status: 'ready' }]),
            hosts: () => [],
          } as never),
      },
    });
    expect(await port.facts(['near', 'far/big', 'gone'])).toMatchObject([
      { model: 'near', isAvailable: true, contextTokens: 100, quality: { samples: 1, mean: 0.5 } },
      { model: 'far/big', circuit: 'open', queue: 3, clearance: 'internal', price: undefined },
      { model: 'gone', isAvailable: false, reason: 'it is not known here' },
    ]);
  });

  it('repeat recorded decisions under another policy', () => {
    const request = { label: 'internal', tokens: 1_000_000, maxTokens: 0, tools: false, schema: false, images: false };
    const details = {
      model: 'far/big',
      request: { ...request, tokens: 1000 },
      facts: [facts('far/big', 3), facts('near', 0)],
    };
    const recorded = [1, 2].map((index) => ({ runId: `r${index}`, path: 'route', time: 0, details }));
    const reply = whatIf(RoutePolicy.parse({ candidates: [{ model: 'near' }] }), recorded, []);
    expect(reply).toMatchObject({
      decisions: 2,
      before: { cost: { USD: 0.006 }, latencyMs: 300, shareLocal: 0 },
      after: { cost: {}, latencyMs: 900, shareLocal: 1 },
      changed: [{ runId: 'r1', from: 'far/big', to: 'near' }, { runId: 'r2' }],
    });
    // A figure that was not measured at the time has its current value.
    const unmeasured = { ...details, facts: details.facts.map((entry) => ({ ...entry, latency: undefined })) };
    const again = [{ runId: 'r1', path: 'route', time: 0, details: unmeasured }];
    expect(whatIf(RoutePolicy.parse({ candidates: [{ model: 'near' }] }), again, [facts('near', 0)])).toMatchObject({
      after: { latencyMs: 900 },
    });
  });
});

describe('the routes of routing and budgets', () => {
  let server: TestServer | undefined;
  afterAll(() => server?.close());

  it('store policies and budgets, and report spending', async () => {
    server = await startTestServer();
    const { address } = server;
    const send: TestServer['call'] = (...asked) => {
      if (server === undefined) throw new Error(`no server at ${address}`);
      return server.call(...asked);
    };
    const policy = { candidates: [{ model: 'near' }] };
    expect((await send('PUT', '/api/policies/house', policy)).body).toMatchObject({ name: 'house', prefer: 'order' });
    expect((await send('GET', '/api/policies')).body.policies).toHaveLength(1);
    expect((await send('PUT', '/api/policies/house', { candidates: [] })).status).toBe(400);
    // A policy with a name that no reply can contain would be unreadable.
    expect((await send('PUT', `/api/policies/${'a'.repeat(101)}`, policy)).status).toBe(400);
    const odd = { candidates: [{ model: 'near', when: [{ fact: 'label', is: 'at-most', value: 'secret' }] }] };
    expect((await send('PUT', '/api/policies/house', odd)).body.error).toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('candidates.0.when.0.value'),
    });
    const { facts: known } = (await send('POST', '/api/policies/facts', { models: ['far/big', 'far/big'] })).body;
    expect(known).toMatchObject([{ model: 'far/big', isAvailable: false, reason: 'its connection does not exist' }]);
    expect((await send('DELETE', '/api/policies/house')).status).toBe(204);
    expect((await send('GET', '/api/policies/house')).body.error.code).toBe('policy_not_found');
    const budget = { scope: { kind: 'all' }, limits: { money: 5 } };
    expect((await send('PUT', '/api/budgets/all-day', budget)).body).toMatchObject({
      id: 'all-day',
      spent: { money: 0 },
    });
    expect(
      (await send('PUT', '/api/budgets/w', { ...budget, scope: { kind: 'workflow', id: 'gone' } })).body.error.code,
    ).toBe('workflow_not_found');
    expect(
      (await send('PUT', '/api/budgets/c', { ...budget, scope: { kind: 'connection', id: 'gone' } })).body.error.code,
    ).toBe('connection_not_found');
    for (const limits of [{}, { cost: 5 }, { calls: 1, mony: 5 }])
      expect((await send('PUT', '/api/budgets/none', { ...budget, limits })).body.error).toMatchObject({
        code: 'bad_request',
        message: expect.stringContaining('limits'),
      });
    expect((await send('PUT', '/api/budgets/none', { scope: { kind: 'all' } })).status).toBe(400);
    expect((await send('GET', '/api/budgets')).body.budgets).toHaveLength(1);
    expect((await send('DELETE', '/api/budgets/all-day')).status).toBe(204);
    expect((await send('GET', '/api/spend?by=model&from=2026-01-01')).body).toMatchObject({ by: 'model', rows: [] });
    expect((await send('GET', '/api/spend?by=colour')).status).toBe(400);
    // An empty value is not a time; read as 0 it would be 1970.
    for (const query of ['to=', 'from=', 'to=soon'])
      expect((await send('GET', `/api/spend?${query}`)).status).toBe(400);
    expect((await send('GET', '/api/spend?from=2026-02-01&to=2026-01-01')).body.error).toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('from'),
    });
  });
});
