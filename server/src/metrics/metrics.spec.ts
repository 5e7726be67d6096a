import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultLabel, defaultProject, KeyScopes, type RunEvent } from '@heddle/core';
import { testDocument } from '../testing/test-nodes.js';
import { MetricsService } from './metrics.service.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

/**
 * Reads the text format of Prometheus strictly: each line is a comment or a sample, each sample has a help and a type, and no sample is
 * repeated.
 */
function parse(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  const helped = new Set<string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const help = /^# HELP (\w+) \S/.exec(line);
    const type = /^# TYPE (\w+) (counter|gauge|histogram|summary)$/.exec(line);
    const sample = /^(\w+)(\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})? ([-+\w.]+)$/.exec(line);
    if (help !== null) helped.add(help[1] ?? '');
    else if (type !== null) types.set(type[1] ?? '', type[2] ?? '');
    else if (sample === null) throw new Error(`no line of the format: ${line}`);
    else {
      const [, name = '', labels = '', value = ''] = sample;
      const base = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');
      expect([base, types.has(base), helped.has(base)]).toEqual([base, true, true]);
      expect(samples.has(name + labels)).toBe(false);
      samples.set(name + labels, value === '+Inf' ? Infinity : Number(value));
    }
  }
  return samples;
}

describe('GET /metrics', () => {
  let server: TestServer;
  afterEach(() => server.close());
  const scrape = async (headers: Readonly<Record<string, string>> = {}) => {
    const reply = await server.call('GET', '/metrics', undefined, headers);
    expect([reply.status, reply.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    return parse(String(reply.body));
  };
  /** Polls the metrics, since a run is counted a moment after its end. */
  const until = async (isThere: (samples: ReadonlyMap<string, number>) => boolean) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const samples = await scrape();
      if (isThere(samples)) return samples;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('the figure never came');
  };

  it('counts from the start of a server, before the first request for metrics and before the library is loaded', async () => {
    server = await startTestServer();
    server.app.get(MetricsService).start();
    const { id } = (await server.call('POST', '/api/workflows', { document: testDocument() })).body;
    await server.call('POST', `/api/workflows/${id}/runs?wait=1`, { inputs: { question: 'why' } });
    const samples = await until(
      (found) => found.get('heddle_runs_ended_total{workflow="shout",status="done",trigger="api"}') === 1,
    );
    const route = 'method="POST",route="/api/workflows/:id/runs",status="200"';
    expect(samples.get(`heddle_http_request_duration_seconds_count{${route}}`)).toBe(1);
    await server.call('POST', `/api/workflows/${id}/runs?wait=1`, { inputs: { question: 'why' } });
    await until((found) => found.get('heddle_runs_ended_total{workflow="shout",status="done",trigger="api"}') === 2);
  });

  it('counts runs and requests from its first request when no server was started, and reports current figures', async () => {
    server = await startTestServer();
    const { id } = (await server.call('POST', '/api/workflows', { document: testDocument() })).body;
    const start = () => server.call('POST', `/api/workflows/${id}/runs?wait=1`, { inputs: { question: 'why' } });
    await start();
    const first = await scrape();
    const runs = 'heddle_runs_ended_total{workflow="shout",status="done",trigger="api"}';
    expect(first.has(runs)).toBe(false);
    expect(first.get('heddle_runs{state="running"}')).toBe(0);
    expect(first.get('heddle_storage_fault')).toBe(0);
    expect(first.get('heddle_data_bytes{part="database"}')).toBeGreaterThan(0);
    expect(first.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    await start();
    await start();
    const later = await until((samples) => samples.get(runs) === 2);
    expect(later.get('heddle_run_duration_seconds_count{workflow="shout",status="done"}')).toBe(2);
    expect(later.get('heddle_run_queue_seconds_count')).toBe(2);
    const route = 'method="POST",route="/api/workflows/:id/runs",status="200"';
    expect(later.get(`heddle_http_request_duration_seconds_count{${route}}`)).toBe(2);
  });

  it('derives calls of models and tools, failures, retries and refusals from the events of runs', async () => {
    server = await startTestServer();
    await scrape();
    const base = { runId: 'r', seq: 1, time: 2_500, path: 'write', attempt: 1, label: defaultLabel };
    const error = { code: 'provider_failed', message: 'It broke "here".', retryable: true };
    const call = {
      ...base,
      type: 'model-call',
      kind: 'generate',
      isLocal: false,
      parameters: {},
      promptHash: 'h',
    } as const;
    const usage = { inputTokens: 7, outputTokens: 3, firstTokenMs: 200, cost: 0.25, currency: 'USD' };
    const events: RunEvent[] = [
      { ...call, model: 'vendor/"big"', started: 500, usage },
      { ...call, model: 'vendor/"big"', started: 2_600, error },
      {
        ...base,
        type: 'tool-call',
        tool: 'shop__buy',
        source: 'mcp',
        permission: 'ask',
        argumentsHash: 'h',
        started: 2_000,
      },
      { ...base, type: 'node-error', error, started: 0, isCarried: true },
      { ...base, type: 'node-retry', error, dueAt: 9 },
      { ...base, type: 'label-decision', decision: 'refused', destination: 'vendor', reason: 'r' },
      { ...base, type: 'label-decision', decision: 'allowed', destination: 'vendor', reason: 'r' },
    ];
    server.heddle.hub.emit('r', events);
    const samples = await scrape();
    const big = 'model="vendor/\\"big\\""';
    const calls = 'heddle_model_call_duration_seconds';
    expect(samples.get(`${calls}_sum{${big},kind="generate",outcome="ok"}`)).toBe(2);
    // The clock was set back during the second call.
    expect(samples.get(`${calls}_sum{${big},kind="generate",outcome="provider_failed"}`)).toBe(0);
    expect(samples.get(`heddle_model_tokens_total{${big},direction="input"}`)).toBe(7);
    expect(samples.get(`heddle_model_tokens_total{${big},direction="output"}`)).toBe(3);
    expect(samples.get(`heddle_model_first_token_seconds_sum{${big}}`)).toBe(0.2);
    expect(samples.get(`heddle_model_cost_total{${big},currency="USD"}`)).toBe(0.25);
    expect(samples.get('heddle_tool_call_duration_seconds_sum{tool="shop__buy",source="mcp",outcome="ok"}')).toBe(0.5);
    expect(samples.get('heddle_node_errors_total{code="provider_failed",carried="true"}')).toBe(1);
    expect(samples.get('heddle_node_retries_total{code="provider_failed"}')).toBe(1);
    expect(samples.get('heddle_label_refusals_total')).toBe(1);
  });

  it('answers only keys that may read figures, since these name workflows of all projects', async () => {
    server = await startTestServer();
    const { users, projects, keys } = server.heddle.parts.identity;
    const owner = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await projects.setRoles(defaultProject, `user:${owner.id}`, ['owner']);
    const key = async (...permissions: KeyScopes['permissions']) => {
      const scopes = KeyScopes.parse({ permissions });
      const made = await keys.create({ name: 'watcher', owner: `user:${owner.id}`, project: defaultProject, scopes });
      return { authorization: `Bearer ${made.secret}` };
    };
    const fromOutside = { 'x-forwarded-for': '203.0.113.9' };
    expect((await server.call('GET', '/metrics', undefined, fromOutside)).status).toBe(401);
    expect((await server.call('GET', '/metrics', undefined, await key('run:read', 'settings:read'))).status).toBe(403);
    expect((await scrape(await key('metrics:read'))).get('heddle_runs{state="queued"}')).toBe(0);
  });
});
