import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultLabel, HeddleError, type RunEvent, type RunSummary } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { createServer, type Server } from 'node:http';
import { createTestHeddle } from '../testing/test-heddle.js';
import { otlpJson } from './otlp-json.js';
import { spansOfRun, type Span } from './spans-of-run.js';

const summary: RunSummary = {
  runId: 'run-1',
  workflowName: 'Answer',
  workflowId: 'w1',
  status: 'failed',
  trigger: 'published',
  version: 3,
  acceptedAt: 1_000,
  startedAt: 1_010,
  endedAt: 9_000,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  lastSeq: 9,
  error: { code: 'provider_failed', message: 'secret words', retryable: true },
};
const at = (time: number, path: string, attempt = 1) => ({ runId: 'run-1', seq: time, time, path, attempt });
const call = {
  type: 'model-call',
  kind: 'generate',
  isLocal: false,
  parameters: {},
  promptHash: 'h',
  label: defaultLabel,
} as const;
const error = { code: 'provider_failed', message: 'secret words', retryable: true };
const events: RunEvent[] = [
  { ...at(1_020, 'each'), type: 'node-start' },
  { ...at(1_030, 'each'), type: 'nested-start', key: '0', workflow: 'inner', inputs: {} },
  { ...at(1_040, 'each#0/write@1'), type: 'node-start' },
  { ...at(1_900, 'each#0/write@1'), ...call, model: 'vendor/big', started: 1_050, error },
  { ...at(2_000, 'each#0/write@1'), type: 'node-retry', error, dueAt: 2_100 },
  { ...at(2_100, 'each#0/write@1', 2), type: 'node-start' },
  {
    ...at(2_900, 'each#0/write@1', 2),
    ...call,
    model: 'vendor/big',
    answered: 'big-2',
    started: 2_110,
    usage: { inputTokens: 7, outputTokens: 3, firstTokenMs: 40.5, cost: 0.25, currency: 'USD' },
  },
  {
    ...at(3_000, 'each#0/write@1', 2),
    type: 'node-end',
    started: 2_100,
    outputs: { text: { value: 'secret value', label: defaultLabel } },
  },
  { ...at(3_100, 'each'), type: 'nested-end', key: '0', outputs: {} },
  {
    ...at(3_200, 'ask'),
    type: 'human-input-start',
    requestId: 'a1',
    key: 'k',
    question: { title: 'secret title', schema: {} },
  },
  {
    ...at(5_200, 'ask'),
    type: 'human-input-end',
    requestId: 'a1',
    key: 'k',
    outcome: 'answered',
    value: 'secret',
    by: 'user:ada',
  },
  {
    ...at(6_000, 'agent'),
    type: 'tool-call',
    tool: 'shop__buy',
    source: 'mcp',
    permission: 'ask',
    argumentsHash: 'h',
    label: defaultLabel,
    started: 5_500,
  },
  { ...at(8_000, 'each'), type: 'node-error', error, started: 1_020, isCarried: false },
];
const document = { nodes: { each: { type: 'each', version: 1, config: {} } } };

/** Each span as `parent > name`, with its start and end. */
function outline(spans: readonly Span[]): string[] {
  const named = new Map(spans.map((span) => [span.spanId, span.name]));
  return spans.map(
    ({ name, parentSpanId = '', start, end, error: code }) =>
      `${named.get(parentSpanId) ?? ''} > ${name} ${start}-${end}${code === undefined ? '' : ` ${code}`}`,
  );
}

describe('the trace of a run', () => {
  it('nests the run, attempts, nested runs and questions, without values, prompts or names of people', () => {
    const spans = spansOfRun({ summary, document, events });
    expect(outline(spans)).toEqual([
      ' > Answer 1000-9000 provider_failed',
      'write > chat vendor/big 1050-1900 provider_failed',
      'workflow inner > write 1040-2000 provider_failed',
      'write > chat vendor/big 2110-2900',
      'workflow inner > write 2100-3000',
      'each > workflow inner 1030-3100',
      'Answer > question 3200-5200',
      // The agent was aborted before it had a result.
      'Answer > execute_tool shop__buy 5500-6000',
      'Answer > each 1020-8000 provider_failed',
    ]);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(spans.every(({ traceId, spanId }) => /^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId))).toBe(
      true,
    );
    expect(spansOfRun({ summary, document, events })).toEqual(spans);
    expect(spans[3]?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'vendor/big',
      'gen_ai.response.model': 'big-2',
      'gen_ai.provider.name': 'vendor',
      'gen_ai.usage.input_tokens': 7,
      'gen_ai.usage.output_tokens': 3,
      'heddle.first_token_ms': 40.5,
      'heddle.cost': 0.25,
      'heddle.currency': 'USD',
    });
    expect(spans.at(-1)?.attributes).toMatchObject({ 'heddle.node.type': 'each', 'heddle.node.path': 'each' });
    expect(JSON.stringify(otlpJson(spans, {}))).not.toMatch(/secret|ada/);
  });

  it('is exported span by span while the run goes on, each once, and the run at its end', () => {
    const numbered = events.map((event, index) => ({ ...event, seq: index + 1 }));
    const goesOn: RunSummary = { ...summary, status: 'running' };
    const first = spansOfRun({ summary: goesOn, document, events: numbered.slice(0, 5) });
    expect(first.map(({ name }) => name)).toEqual(['chat vendor/big', 'write']);
    const second = spansOfRun({ summary: goesOn, document, events: numbered.slice(0, 9), after: 5 });
    const last = spansOfRun({ summary, document, events: numbered, after: 9 });
    const sent = [...first, ...second, ...last].map(({ spanId }) => spanId);
    const whole = spansOfRun({ summary, document, events: numbered }).map(({ spanId }) => spanId);
    expect([...sent].sort()).toEqual([...whole].sort());
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('is written as JSON of the protocol', () => {
    const [span] = spansOfRun({ summary, document, events: [] });
    const json = otlpJson([{ ...span!, attributes: { text: 'a', whole: 2, part: 0.5, is: true, list: ['x'] } }], {
      'service.name': 's',
    });
    expect(json).toEqual({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 's' } }] },
          scopeSpans: [
            {
              scope: { name: 'heddle' },
              spans: [
                {
                  traceId: span!.traceId,
                  spanId: span!.spanId,
                  name: 'Answer',
                  kind: 2,
                  startTimeUnixNano: '1000000000',
                  endTimeUnixNano: '9000000000',
                  attributes: [
                    { key: 'text', value: { stringValue: 'a' } },
                    { key: 'whole', value: { intValue: '2' } },
                    { key: 'part', value: { doubleValue: 0.5 } },
                    { key: 'is', value: { boolValue: true } },
                    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }] } } },
                    { key: 'error.type', value: { stringValue: 'provider_failed' } },
                  ],
                  status: { code: 2, message: 'provider_failed' },
                },
              ],
            },
          ],
        },
      ],
    });
  });
});

const echo = {
  heddle: 2,
  name: 'Echo',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Json' }] } },
  },
  edges: [{ from: 'question.question', to: 'reply.text' }],
};

describe('a collector', () => {
  let collector: Server;
  let url = '';
  let heddle: ReturnType<typeof createTestHeddle>;
  const requests: { path: string; authorization: string | undefined; body: string }[] = [];
  let status = 200;
  beforeEach(async () => {
    requests.length = 0;
    status = 200;
    collector = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        requests.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
        response.writeHead(status).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const bound = collector.address();
    url = typeof bound === 'object' && bound !== null ? `http://127.0.0.1:${bound.port}` : '';
    heddle = createTestHeddle({
      settings: { HEDDLE_OTLP_URL: `${url}/`, HEDDLE_OTLP_HEADERS: 'authorization=Bearer%20abc' },
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
    await heddle.recover(true);
  });
  afterEach(async () => {
    await heddle.stop();
    await heddle.close();
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
  });
  const run = async (): Promise<string> => {
    const request = { inputs: { question: 'a secret' } };
    const { runId } = await heddle.runs.start({ document: await heddle.compile.read(echo), request, trigger: 'test' });
    await heddle.runs.wait(runId);
    return runId;
  };
  const received = async (count: number) => {
    for (let tries = 0; requests.length < count && tries < 500; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(requests.length).toBeGreaterThanOrEqual(count);
    return requests;
  };

  it('gets each run once it has ended, with the headers of the settings', async () => {
    const runId = await run();
    const [first] = await received(1);
    expect([first?.path, first?.authorization]).toEqual(['/v1/traces', 'Bearer abc']);
    expect(first?.body).toContain(`{"key":"heddle.run.id","value":{"stringValue":"${runId}"}}`);
    expect(first?.body).toContain('"name":"question"');
    expect(first?.body).not.toContain('a secret');
  });

  it('gets each job once it has ended, as one span with its outcome', async () => {
    const work = { kind: 'ingest', subject: 'handbook' } as const;
    await heddle.jobs.start({ ...work, run: () => Promise.resolve({}) });
    await heddle.jobs.start({
      ...work,
      run: () => Promise.reject(new HeddleError('document_damaged', 'secret words')),
    });
    for (
      let tries = 0;
      requests
        .map(({ body }) => body)
        .join()
        .split('"spanId"').length < 3 && tries < 500;
      tries += 1
    )
      await new Promise((resolve) => setTimeout(resolve, 10));
    const bodies = requests.map(({ body }) => body).join();
    expect(bodies).toContain('"name":"ingest handbook"');
    expect(bodies).toContain('{"key":"heddle.job.status","value":{"stringValue":"done"}}');
    expect(bodies).toContain('{"key":"error.type","value":{"stringValue":"document_damaged"}}');
    expect(bodies).not.toContain('secret words');
  });

  it('that is unavailable gets its spans later, and one that refuses them gets them only once', async () => {
    status = 503;
    const runId = await run();
    await received(1);
    status = 200;
    const again = (await received(2))[1];
    expect(again?.body).toContain(runId);
    expect(again?.body).toBe(requests[0]?.body);
    status = 400;
    await run();
    await received(3);
    status = 200;
    const last = await run();
    expect((await received(4))[3]?.body).toContain(last);
    expect(requests).toHaveLength(4);
  });
});
