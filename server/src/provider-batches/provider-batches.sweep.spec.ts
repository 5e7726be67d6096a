import { batchedAnswer, startBatchProvider, type BatchProvider } from '@heddle/adapters/testing';
import {
  BatchReply,
  BatchRowsReply,
  ExperimentReply,
  localPrincipal,
  type ProviderBatch,
  type RunEvent,
  type WorkflowDocument,
} from '@heddle/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openPublished, until } from '../channels/testing/open-published.js';
import type { TestServer } from '../testing/test-server.js';

const answering: WorkflowDocument = {
  heddle: 2,
  name: 'Answering',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    answer: { type: 'generate', version: 1, config: { model: 'far/big', maxTokens: 50 } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'answer.prompt' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
};
const prices = [{ model: 'big', inputPerMillion: 1, outputPerMillion: 10, currency: 'USD', asOf: '2026-11-01' }];

/** Settings with which this many calls become a batch, however slowly they come. */
const gathering = (calls: number) => ({
  HEDDLE_PROVIDER_BATCH_SECONDS: '3600',
  HEDDLE_PROVIDER_BATCH_CALLS: String(calls),
});

describe.each(['openai', 'anthropic'] as const)('runs that wait for batches of %s', (kind) => {
  let provider: BatchProvider;
  let server: TestServer;
  let batches: string;
  /** Opens a server on which this many calls become a batch. */
  const open = async (calls: number): Promise<void> => {
    provider = await startBatchProvider();
    server = await openPublished({ settings: gathering(calls) });
    const baseUrl = kind === 'openai' ? `${provider.address}/v1` : provider.address;
    await call('POST', '/api/connections', { id: 'far', kind, baseUrl, prices });
    await call('PUT', '/api/connections/far/key', { value: 'a-key' });
    const { id } = await server.heddle.workflows.create(answering, 'answering');
    await server.heddle.publishing.versions.publish(id, { acceptDataMap: true }, localPrincipal);
    batches = '/api/workflows/answering/batches';
    await server.heddle.recover(true);
  };
  afterEach(async () => {
    await server.close();
    await provider.close();
  });

  async function call(method: string, path: string, body?: unknown) {
    const reply = await server.call(method, path, body);
    if (reply.status >= 400) throw new Error(JSON.stringify(reply.body));
    return reply;
  }
  const begin = async (providerBatch: ProviderBatch, questions: readonly string[], more: object = {}) => {
    const rows = questions.map((question) => ({ question }));
    return BatchReply.parse((await call('POST', batches, { rows, providerBatch, concurrency: 1, ...more })).body).id;
  };
  const get = async (id: string): Promise<BatchReply> => BatchReply.parse((await call('GET', `${batches}/${id}`)).body);
  const reaches = (id: string, is: (batch: BatchReply) => boolean): Promise<BatchReply> =>
    until(async () => {
      const batch = await get(id);
      return is(batch) ? batch : undefined;
    });
  const submitted = (id: string, calls: number): Promise<BatchReply> =>
    reaches(id, ({ atProvider }) => atProvider?.submitted === calls && atProvider.since !== undefined);
  const ended = (id: string): Promise<BatchReply> => reaches(id, ({ status }) => status === 'done');
  const rowsOf = async (id: string) => BatchRowsReply.parse((await call('GET', `${batches}/${id}/rows`)).body).rows;
  const eventsOf = async (run = ''): Promise<readonly RunEvent[]> => server.heddle.parts.journal.events(run);
  const answersOf = async (id: string): Promise<unknown[]> =>
    Promise.all(
      (await rowsOf(id)).map(
        async ({ runId }) =>
          (await eventsOf(runId)).flatMap((event) =>
            event.type === 'run-end' ? [event.outputs?.['answer']?.value] : [],
          )[0],
      ),
    );

  it('take no slot, are sent in one batch, and get the answers at half the price', async () => {
    await open(3);
    const id = await begin('only', ['a', 'b', 'c']);
    const waiting = await submitted(id, 3);
    expect(waiting.atProvider).toEqual({ gathered: 0, submitted: 3, since: expect.any(Number) });
    expect(waiting.rows).toMatchObject({ running: 3, done: 0 });
    expect([provider.batches.length, server.heddle.queue.counts.running]).toEqual([1, 0]);
    provider.end();
    const batch = await ended(id);
    expect(batch).toMatchObject({ rows: { done: 3 }, atProvider: { gathered: 0, submitted: 0 } });
    // 3 × (100 × 1 + 10 × 10) / 1,000,000 / 2
    expect(batch.cost).toBeCloseTo(0.0003, 9);
    expect(await answersOf(id)).toEqual(['a', 'b', 'c'].map(batchedAnswer));
    const [row] = await rowsOf(id);
    const made = (await eventsOf(row?.runId)).filter((event) => event.type === 'model-call');
    expect(made).toMatchObject([
      { batch: provider.requests.length > 0 ? expect.any(String) : '', usage: { cost: 0.0001 } },
    ]);
    const spend = (await call('GET', '/api/spend?by=model')).body.rows;
    expect(spend).toMatchObject([{ name: 'far/big', calls: 3, batched: 3 }]);
    const entries = await server.heddle.audit.list({ limit: 50 });
    expect(entries.filter(({ details }) => details['step'] === 'batch submitted')).toHaveLength(1);
    expect(provider.ordinary).toEqual([]);
    expect(await server.heddle.parts.providerBatches.hasWork()).toBe(false);
  });

  it('are retried in a second batch, then fail with a code', async () => {
    await open(1);
    provider.fateOf = () => 'expire';
    provider.endsAtOnce = true;
    const id = await begin('only', ['a']);
    await reaches(id, ({ rows }) => rows.failed === 1);
    expect((await rowsOf(id))[0]?.code).toBe('provider_batch_failed');
    expect(provider.requests.filter((one) => /^POST .*batches$/.test(one))).toHaveLength(2);
  });

  it('are found again when the reply that made their batch was lost', async () => {
    await open(1);
    provider.lostReplies = 1;
    provider.endsAtOnce = true;
    const id = await begin('only', ['a']);
    expect((await ended(id)).rows.done).toBe(1);
    expect(provider.requests.filter((one) => /^POST .*batches$/.test(one))).toHaveLength(1);
  });

  it('are cancelled at the provider with the batch of the workflow, and then reserve no budget', async () => {
    await open(2);
    await call('PUT', '/api/budgets/house', { scope: { kind: 'all' }, limits: { money: 1 } });
    const id = await begin('only', ['a', 'b']);
    await submitted(id, 2);
    const reserved = async () => Number((await call('GET', '/api/budgets')).body.budgets[0].reserved.calls);
    expect(await reserved()).toBe(2);
    await call('POST', `${batches}/${id}/cancel`, {});
    await until(() => (provider.batches.some(({ status }) => status === 'cancelled') ? true : undefined));
    await until(async () => ((await server.heddle.parts.providerBatches.hasWork()) ? undefined : true));
    await until(async () => ((await reserved()) === 0 ? true : undefined));
  });
});

describe('runs that wait for batches of a provider', () => {
  let provider: BatchProvider;
  let server: TestServer;
  const open = async (calls: number): Promise<void> => {
    provider = await startBatchProvider();
    server = await openPublished({ settings: gathering(calls) });
    const connection = { id: 'far', kind: 'openai', baseUrl: `${provider.address}/v1`, prices };
    await call('POST', '/api/connections', connection);
    await call('PUT', '/api/connections/far/key', { value: 'a-key' });
    await server.heddle.workflows.create(answering, 'answering');
    await server.heddle.publishing.versions.publish('answering', { acceptDataMap: true }, localPrincipal);
    await server.heddle.recover(true);
  };
  afterEach(async () => {
    await server.close();
    await provider.close();
  });
  async function call(method: string, path: string, body?: unknown) {
    const reply = await server.call(method, path, body);
    if (reply.status >= 400) throw new Error(JSON.stringify(reply.body));
    return reply;
  }
  const path = '/api/workflows/answering/batches';
  const begin = async (providerBatch?: ProviderBatch, questions: readonly string[] = ['a']): Promise<string> => {
    const rows = questions.map((question) => ({ question }));
    return BatchReply.parse((await call('POST', path, { rows, providerBatch })).body).id;
  };
  const get = async (id: string): Promise<BatchReply> => BatchReply.parse((await call('GET', `${path}/${id}`)).body);
  const ended = (id: string): Promise<BatchReply> =>
    until(async () => {
      const batch = await get(id);
      return batch.status === 'done' ? batch : undefined;
    });
  const gathered = (id: string): Promise<true> =>
    until(async () => ((await get(id)).atProvider?.gathered === 1 ? true : undefined));

  it('make an ordinary call when the caller prefers that to a failure, and never wait by default', async () => {
    await open(1);
    provider.fateOf = () => 'error';
    provider.endsAtOnce = true;
    expect((await ended(await begin('prefer'))).rows.done).toBe(1);
    expect(provider.ordinary).toHaveLength(1);
    expect((await ended(await begin())).rows.done).toBe(1);
    expect([provider.ordinary.length, provider.batches.length]).toEqual([2, 1]);
  });

  /** Adds a call that completes a batch of two. */
  const complete = (): Promise<void> =>
    server.heddle.parts.providerBatches.add(
      {
        run: 'other',
        key: 'k',
        path: 'answer',
        failures: 0,
        workflow: undefined,
        owner: '',
        level: 'public',
        connection: 'far',
        model: 'far/big',
        endpoint: '/v1/chat/completions',
        fallsBack: false,
        inputTokens: 1,
        outputTokens: 1,
        most: 0,
        body: '{"messages":[{"role":"user","content":"b"}]}',
      },
      Date.now(),
    );

  it('send nothing while a kill switch is on', async () => {
    await open(2);
    await gathered(await begin('only'));
    await call('PUT', '/api/kill-switches/connection:far', { reason: 'A test.' });
    await complete();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(provider.batches).toEqual([]);
    await call('DELETE', '/api/kill-switches/connection:far');
    await until(() => (provider.batches.length === 1 ? true : undefined));
  });

  it('send nothing to a connection whose clearance was lowered meanwhile', async () => {
    await open(2);
    const id = await begin('only');
    await gathered(id);
    const {
      key: _key,
      activity: _activity,
      lastTest: _test,
      ...connection
    } = (await call('GET', '/api/connections/far')).body;
    await call('PUT', '/api/connections/far', { ...connection, clearance: 'public' });
    await complete();
    expect((await ended(id)).rows.failed).toBe(1);
    expect(provider.batches).toEqual([]);
  });

  it('serve the rows of an experiment, whose page shows what waits', async () => {
    await open(3);
    const dataset = String((await call('POST', '/api/datasets', { name: 'Questions' })).body.id);
    const rows = ['a', 'b', 'c'].map((question) => ({
      id: question,
      inputs: { question },
      label: 'internal' as const,
    }));
    await server.heddle.parts.datasets.addVersion(dataset, rows, { mode: 'add', who: 'test', note: '' });
    const variants = [{ workflow: 'answering' }];
    const asked = { name: 'Cheap', dataset, variants, providerBatch: 'only', concurrency: 1 };
    const { id } = ExperimentReply.parse((await call('POST', '/api/experiments', asked)).body);
    const read = async () => ExperimentReply.parse((await call('GET', `/api/experiments/${id}`)).body);
    await until(async () => ((await read()).atProvider?.since === undefined ? undefined : true));
    expect((await read()).atProvider).toMatchObject({ gathered: 0, submitted: 3 });
    provider.end();
    const result = await until(async () => {
      const experiment = await read();
      return experiment.status === 'done' ? experiment : undefined;
    });
    expect(result).toMatchObject({ providerBatch: 'only', cells: { done: 3 }, atProvider: { submitted: 0 } });
    expect(result.cost.runs).toBeCloseTo(0.0003, 9);
  });
});
