import { afterEach, describe, expect, it } from '@jest/globals';
import type { FakeScript } from '@heddle/core/testing';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { chatWorkflow, openChannels } from '../testing/open-channels.js';

const asked = { messages: [{ role: 'user', content: 'Where is the office?' }] };

describe('the MCP channel, called by the client of the SDK', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  async function open(script: FakeScript, key = 'k') {
    const channels = await openChannels(script, { handbook: chatWorkflow(), guarded: chatWorkflow('SECRET') });
    const client = new Client({ name: 'test', version: '1' });
    close = async () => {
      await client.close();
      await channels.close();
    };
    const requestInit = { headers: { authorization: `Bearer ${key}` } };
    const transport = new StreamableHTTPClientTransport(new URL(`${channels.address}/mcp`), { requestInit });
    const connected = client.connect(transport);
    return { ...channels, client, connected };
  }

  it('lists workflows as tools with their schemas, and calls one', async () => {
    const { client, connected } = await open(['In Paris.']);
    await connected;
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['handbook', 'guarded']);
    expect(tools[0]?.inputSchema).toMatchObject({ type: 'object', required: ['messages'] });
    const result = await client.callTool({ name: 'handbook', arguments: asked });
    expect(result).toMatchObject({
      content: [{ type: 'text', text: 'In Paris.' }],
      structuredContent: { answer: 'In Paris.' },
    });
    const wrong = await client.callTool({ name: 'handbook', arguments: {} });
    expect(wrong).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('input_missing') }] });
  });

  it('reports progress, and withholds what a node withholds', async () => {
    const { client, connected } = await open([{ text: ['The code is ', 'SEC', 'RET-17'] }]);
    await connected;
    const seen: string[] = [];
    const onprogress = ({ message }: { message?: string | undefined }): void => void seen.push(message ?? '');
    const result = await client.callTool({ name: 'guarded', arguments: asked }, undefined, { onprogress });
    expect(result).toMatchObject({ content: [{ text: 'The code is ' }] });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join('')).not.toMatch(/SECRET|RET-17/);
  });

  it('reports progress that only grows, and that joins to the answer', async () => {
    const { client, connected } = await open([{ text: ['In ', 'Paris', ', by the river.'] }]);
    await connected;
    const steps: number[] = [];
    let text = '';
    const onprogress = ({ progress, message = '' }: { progress: number; message?: string | undefined }): void => {
      steps.push(progress);
      text += message;
    };
    await client.callTool({ name: 'handbook', arguments: asked }, undefined, { onprogress });
    expect(text).toBe('In Paris, by the river.');
    expect(steps).toEqual([...new Set(steps)].sort((one, other) => one - other));
    expect(steps.at(-1)).toBe(text.length);
  });

  it('cancels the run of a call that is cancelled', async () => {
    const { client, connected, heddle } = await open([{ text: ['One '], hangs: true }]);
    await connected;
    const controller = new AbortController();
    const call = client.callTool({ name: 'handbook', arguments: asked }, undefined, {
      signal: controller.signal,
      onprogress: () => controller.abort('enough'),
    });
    await expect(call).rejects.toThrow('enough');
    const [run] = await heddle.runs.list({});
    expect(await heddle.runs.wait(run?.runId ?? '')).toMatchObject({ status: 'cancelled' });
  });

  it('cancels the run of a request in revision 2026-07-28 when its client disconnects', async () => {
    const { connected, heddle, address } = await open([{ text: ['One '], hangs: true }]);
    await connected;
    const leaving = new AbortController();
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const params = { name: 'handbook', arguments: asked, _meta: { ...meta, progressToken: 'p' } };
    const reply = await fetch(`${address}/mcp`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer k',
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'handbook',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
      signal: leaving.signal,
    });
    const reader = reply.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('One');
    leaving.abort();
    const [run] = await heddle.runs.list({});
    expect(await heddle.runs.wait(run?.runId ?? '')).toMatchObject({ status: 'cancelled' });
  });

  it('refuses a client without a key', async () => {
    const { connected } = await open(['x'], 'other');
    await expect(connected).rejects.toThrow();
  });
});
