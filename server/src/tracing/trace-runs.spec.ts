import { localPrincipal, ShareConfig } from '@heddle/core';
import { afterEach, beforeEach, expect, describe, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../channels/testing/open-published.js';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import { echoDocument } from '../testing/echo-document.js';
import { startCollector, type TestCollector } from '../testing/test-collector.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;

describe('the trace of a caller', () => {
  let folder: string;
  let collector: TestCollector;
  let server: RunningServer;
  const open = async (): Promise<void> => {
    const settings = { HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent', HEDDLE_OTLP_URL: collector.url };
    server = await startServer(readSettings(settings));
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-trace-'));
    collector = await startCollector();
    await open();
  });
  afterEach(async () => {
    await server.close();
    await collector.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const post = async (path: string, body: object, header?: string): Promise<{ readonly runId: string }> => {
    const headers = { 'content-type': 'application/json', ...(header === undefined ? {} : { traceparent: header }) };
    const reply = await fetch(`${server.address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect([path, reply.ok]).toEqual([path, true]);
    return reply.status === 204 ? { runId: '' } : ((await reply.json()) as { runId: string });
  };
  const document = (name: string) => ({ ...echoDocument(), name });
  const inputs = { question: 'hi' };

  it('includes a run that another process ended', async () => {
    const asked = { document: document('Suspended'), inputs, breakpoints: ['say'] };
    const { runId } = await post('/api/runs', asked, traceparent);
    const { requestId } = await until(async () => (await server.heddle.runs.requests(runId))[0]);
    await server.close();
    expect(collector.spans).toEqual([]);
    await open();
    await post(`/api/runs/${runId}/human-inputs/${requestId}/continue`, {});
    const root = await collector.span('Suspended');
    expect(root).toMatchObject({ traceId, parentSpanId: spanId });
    expect(await collector.span('say')).toMatchObject({ traceId, parentSpanId: root.spanId });
  }, 90_000);

  it("includes a run even when the caller's flag says that it is not sampled", async () => {
    await post('/api/runs', { document: document('Quiet'), inputs }, `00-${traceId}-${spanId}-00`);
    expect(await collector.span('Quiet')).toMatchObject({ traceId, parentSpanId: spanId });
  });

  it('is only linked by a run of a share link, which has a trace of its own', async () => {
    const { id } = await server.heddle.workflows.create(document('Shared'));
    await server.heddle.publishing.versions.publish(id, { acceptDataMap: true }, localPrincipal);
    const { token } = await server.heddle.channels.shares.create(
      id,
      ShareConfig.parse({ name: 'Site' }),
      localPrincipal,
    );
    const flagged = `00-${traceId}-${spanId}-00`;
    const headers = {
      'content-type': 'application/json',
      'heddle-session': 'session-of-a-visitor',
      traceparent: flagged,
    };
    const asked = { method: 'POST', headers, body: JSON.stringify(inputs) };
    expect((await fetch(`${server.address}/v1/share/${token}/runs`, asked)).ok).toBe(true);
    const root = await collector.span('Shared');
    expect(root.links).toEqual([{ traceId, spanId }]);
    expect([root.parentSpanId, root.traceId === traceId]).toEqual([undefined, false]);
    expect(await collector.span('say')).toMatchObject({ traceId: root.traceId, parentSpanId: root.spanId });
  });

  it('is only linked by a run that continues another one, which has its own trace or that of its request', async () => {
    const asked = { document: document('First'), inputs, breakpoints: ['say'] };
    const { runId } = await post('/api/runs', asked, traceparent);
    await until(async () => (await server.heddle.runs.requests(runId))[0]);
    await post(`/api/runs/${runId}/cancel`, {});
    const first = await collector.span('First');
    const links = [{ traceId, spanId: first.spanId }];
    const spansOf = async (id: string) => {
      const { requestId } = await until(async () => (await server.heddle.runs.requests(id))[0]);
      const known = collector.spans.length;
      await post(`/api/runs/${id}/human-inputs/${requestId}/continue`, {});
      return until(() => collector.spans.slice(known).find(({ name }) => name === 'First'));
    };
    const resumed = await spansOf((await post(`/api/runs/${runId}/resume`, {})).runId);
    expect(resumed).toMatchObject({ links });
    expect([resumed.traceId === traceId, resumed.parentSpanId]).toEqual([false, undefined]);
    const other = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const joined = await spansOf((await post(`/api/runs/${runId}/resume`, {}, other)).runId);
    expect(joined).toMatchObject({ links, traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) });
  });
});
