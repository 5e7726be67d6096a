import { afterEach, describe, expect, it } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { TraceContext } from '@heddle/core';
import { chatWorkflow, openChannels } from '../channels/testing/open-channels.js';
import { openPublished } from '../channels/testing/open-published.js';
import { signStandard } from '../channels/webhooks/sign.js';
import type { Heddle } from '../heddle/heddle.js';
import { echoDocument } from '../testing/echo-document.js';
import { linkedTrace, parseTraceparent } from './trace-context.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;
const trace: TraceContext = { traceId, spanId };
const link: TraceContext = { ...trace, isLink: true };

describe('a traceparent', () => {
  it.each([
    [traceparent, trace],
    // The flags of the sender have no effect.
    [`00-${traceId}-${spanId}-00`, trace],
    [`00-${traceId}-${spanId}-03`, trace],
    [`00-${traceId}-${spanId}-02`, trace],
    // A later version may add fields; the known ones count.
    [`cc-${traceId}-${spanId}-01-what-the-future-brings`, trace],
    [`cc-${traceId}-${spanId}-01`, trace],
  ])('%s is accepted', (header, expected) => {
    expect(parseTraceparent(header)).toEqual(expected);
    expect(linkedTrace(header)).toEqual({ ...expected, isLink: true });
  });

  it.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['words', 'not-a-trace'],
    ['upper case', traceparent.toUpperCase()],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['the version that there is not', `ff-${traceId}-${spanId}-01`],
    ['more than version 00 has', `${traceparent}-more`],
    ['a later version that runs on', `cc-${traceId}-${spanId}-01more`],
    ['two headers', `${traceparent}, ${traceparent}`],
    ['no flags', `00-${traceId}-${spanId}`],
    ['a short trace', `00-${traceId.slice(1)}-${spanId}-01`],
    ['a list', [traceparent]],
  ])('%s is ignored', (_name, header) => {
    expect([parseTraceparent(header), linkedTrace(header)]).toEqual([undefined, undefined]);
  });
});

describe('a run that is started with a traceparent', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());
  const traceOf = async (heddle: Heddle, runId: string) => (await heddle.parts.journal.acceptance(runId)).trace;

  it('is a part of that trace, through every route that starts one; an invalid traceparent is ignored', async () => {
    const server = await openPublished();
    close = () => server.close();
    const { heddle } = server;
    const begin = async (path: string, body: object, header = traceparent) => {
      const reply = await server.call('POST', path, body, { traceparent: header });
      expect([path, reply.status]).toEqual([path, expect.any(Number)]);
      return traceOf(heddle, String(reply.body.runId));
    };
    const inputs = { question: 'hi' };
    expect(await begin('/api/workflows/echo/runs', { inputs })).toEqual(trace);
    expect(await begin('/api/runs', { document: echoDocument(), inputs })).toEqual(trace);
    expect(await begin('/v1/workflows/echo', inputs)).toEqual(trace);
    expect(await begin('/v1/workflows/echo', inputs, '00-nonsense')).toBeUndefined();
    const [first] = await heddle.runs.list({});
    await heddle.runs.wait(first?.runId ?? '');
    expect(await begin(`/api/runs/${first?.runId ?? ''}/rerun`, {})).toEqual(trace);
  });

  it('has a link to the trace through a webhook or a share link, whose senders are unknown', async () => {
    const server = await openPublished();
    close = () => server.close();
    const { body: hook } = await server.call('POST', '/api/workflows/echo/hooks', { name: 'Shop' });
    const about = {
      id: 'm1',
      timestamp: String(Math.floor(Date.now() / 1000)),
      body: Buffer.from('{"question":"hi"}'),
    };
    const reply = await server.call('POST', hook.path, about.body.toString(), {
      ...signStandard(String(hook.secret), about),
      'content-type': 'application/json',
      traceparent,
    });
    expect(await traceOf(server.heddle, String(reply.body.runId))).toEqual(link);
    const { body: share } = await server.call('POST', '/api/workflows/echo/shares', { name: 'Site' });
    const headers = { traceparent, 'heddle-session': 'session-of-a-visitor' };
    const asked = await server.call('POST', `/v1/share/${String(share.token)}/runs`, { question: 'hi' }, headers);
    expect(asked.status).toBeLessThan(300);
    const { runs } = server.heddle;
    const [shared] = (await runs.list({})).filter(({ caller }) => caller?.channel === 'share');
    expect(await traceOf(server.heddle, shared?.runId ?? '')).toEqual(link);
  });

  it('is a part of the trace through the channels of OpenAI and MCP, where each call may name its own', async () => {
    const {
      heddle,
      address,
      close: closeChannels,
    } = await openChannels(['One.', 'Two.', 'Three.', 'Four.'], {
      handbook: chatWorkflow(),
    });
    const headers = { authorization: 'Bearer k', traceparent };
    const client = new Client({ name: 'test', version: '1' });
    close = async () => {
      await client.close();
      await closeChannels();
    };
    const last = async () => {
      const [run] = await heddle.runs.list({ limit: 1 });
      return traceOf(heddle, run?.runId ?? '');
    };
    for (const model of ['handbook', 'fake']) {
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello?' }] });
      const asked = { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } };
      expect((await fetch(`${address}/v1/chat/completions`, asked)).status).toBe(200);
      expect([model, await last()]).toEqual([model, trace]);
    }
    await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp`), { requestInit: { headers } }));
    const call = { name: 'handbook', arguments: { messages: [{ role: 'user', content: 'Hello?' }] } };
    await client.callTool(call);
    expect(await last()).toEqual(trace);
    const own = { ...trace, spanId: 'b7ad6b7169203331' };
    await client.callTool({ ...call, _meta: { traceparent: `00-${traceId}-${own.spanId}-00` } });
    expect(await last()).toEqual(own);
  });
});
