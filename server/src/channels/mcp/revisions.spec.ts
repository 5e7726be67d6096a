import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { localPrincipal, type WorkflowDocument } from '@heddle/core';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished } from '../testing/open-published.js';

const approved: WorkflowDocument = {
  heddle: 2,
  name: 'Approved letter',
  description: 'Sends a letter that a person approves.',
  nodes: {
    letter: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'letter', type: 'Text', title: 'Letter' },
          { name: 'copies', type: 'Number', required: false, default: 2 },
        ],
      },
    },
    ask: {
      type: 'human-input',
      version: 1,
      config: {
        title: 'May it be sent?',
        form: { type: 'object', properties: { note: { type: 'string', title: 'Note' } } },
      },
    },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'sent', type: 'Json' },
          { name: 'by', type: 'Text' },
        ],
      },
    },
  },
  edges: [
    { from: 'letter.letter', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.sent' },
    { from: 'ask.by', to: 'reply.by' },
  ],
};

type Mode = 'legacy' | { readonly pin: '2026-07-28' };
const modes: readonly [string, Mode][] = [
  ['of revision 2026-07-28', { pin: '2026-07-28' }],
  ['with a session', 'legacy'],
];
type Answer = { action: 'accept' | 'decline'; content?: Record<string, string> };

describe('the MCP channel in both revisions', () => {
  let server: TestServer;
  const clients: Client[] = [];
  beforeAll(async () => {
    server = await openPublished();
    const { heddle } = server;
    await heddle.workflows.create(approved, 'approved');
    await heddle.publishing.versions.publish('approved', { acceptDataMap: true }, localPrincipal);
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.close();
  });

  /** Connects a client; `seen` holds the headers that it sent and received. */
  async function connect(mode: Mode, answer?: (asked: unknown) => Answer, key?: string) {
    const capabilities = answer === undefined ? {} : { elicitation: { form: {} } };
    const client = new Client({ name: 'test', version: '1' }, { capabilities, versionNegotiation: { mode } });
    if (answer !== undefined)
      client.setRequestHandler('elicitation/create', ({ params }) => Promise.resolve(answer(params)));
    const seen: { sent: Headers; got: Headers; status: number }[] = [];
    const transport = new StreamableHTTPClientTransport(new URL(`${server.address}/mcp`), {
      ...(key === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${key}` } } }),
      fetch: async (url, init) => {
        const reply = await fetch(url, init);
        seen.push({ sent: new Headers(init?.headers), got: reply.headers, status: reply.status });
        return reply;
      },
    });
    await client.connect(transport);
    clients.push(client);
    return { client, seen };
  }

  it.each(modes)('lists tools with titles, defaults and output schemas, to a client %s', async (_name, mode) => {
    const { client } = await connect(mode);
    const { tools } = await client.listTools();
    expect(tools.find(({ name }) => name === 'approved')).toMatchObject({
      title: 'Approved letter',
      description: 'Sends a letter that a person approves.',
      inputSchema: {
        type: 'object',
        properties: { letter: { type: 'string' }, copies: { default: 2 } },
        required: ['letter'],
      },
      outputSchema: { type: 'object', properties: { sent: {}, by: { type: 'string' } } },
    });
  });

  it.each(modes)('calls a tool, and refuses an unknown one, for a client %s', async (_name, mode) => {
    const { client } = await connect(mode);
    expect(await client.callTool({ name: 'echo', arguments: { question: 'hi' } })).toMatchObject({
      content: [{ type: 'text', text: 'You asked: hi' }],
      structuredContent: { answer: 'You asked: hi' },
    });
    await expect(client.callTool({ name: 'nothing', arguments: {} })).rejects.toMatchObject({ code: -32602 });
    expect(await client.callTool({ name: 'echo', arguments: {} })).toMatchObject({ isError: true });
  });

  it('needs no session in revision 2026-07-28, and keeps none', async () => {
    const { client, seen } = await connect({ pin: '2026-07-28' });
    await client.callTool({ name: 'echo', arguments: { question: 'hi' } });
    expect(seen.length).toBeGreaterThan(0);
    for (const { sent, got, status } of seen) {
      expect(sent.has('mcp-session-id') || got.has('mcp-session-id')).toBe(false);
      expect(status).toBe(200);
      expect(got.get('x-content-type-options')).toBe('nosniff');
      expect(got.get('cache-control')).toBe('no-store');
    }
  });

  it.each(modes)('asks the person at a client %s, and continues with the answer', async (_name, mode) => {
    const asked: unknown[] = [];
    const { client } = await connect(mode, (params) => {
      asked.push(params);
      return { action: 'accept', content: { choice: 'approve', note: 'fine' } };
    });
    const result = await client.callTool({ name: 'approved', arguments: { letter: 'Dear Ada' } });
    expect(result).toMatchObject({ structuredContent: { sent: 'Dear Ada', by: 'local' } });
    expect(asked).toMatchObject([
      {
        message: 'May it be sent?',
        requestedSchema: {
          properties: {
            note: { type: 'string', title: 'Note' },
            choice: { enum: ['approve', 'refuse'], enumNames: ['Approve', 'Refuse'] },
          },
          required: ['choice'],
        },
      },
    ]);
    // The value in question is not sent to the client.
    expect(JSON.stringify(asked)).not.toContain('Dear Ada');
  });

  it.each(modes)(
    'names the run and the inbox to a client %s that cannot ask, or whose user declines',
    async (_name, mode) => {
      const alone = await connect(mode);
      const declining = await connect(mode, () => ({ action: 'decline' }));
      for (const { client } of [alone, declining]) {
        const result = await client.callTool({ name: 'approved', arguments: { letter: 'Dear Bo' } });
        expect(result.isError).toBe(true);
        const [{ text = '' } = {}] = result.content as { text?: string }[];
        const [, runId = ''] = /The run (\S+) waits for a person/.exec(text) ?? [];
        expect(text).toContain(`${server.address}/inbox?run=${encodeURIComponent(runId)}&request=`);
        expect((await server.heddle.runs.summary(runId)).status).toBe('suspended');
        expect(await server.heddle.runs.requests(runId)).toHaveLength(1);
      }
    },
  );

  it('does not ask a caller who may not answer, and takes no answer from one', async () => {
    const { heddle } = server;
    const make = async (permissions: ('run:published' | 'human-input:answer')[]) =>
      (await heddle.keys.create(localPrincipal, { name: 'k', scopes: { permissions } })).secret;
    const approve = (): Answer => ({ action: 'accept', content: { choice: 'approve' } });
    const calls = await make(['run:published']);
    const answers = await make(['run:published', 'human-input:answer']);
    const narrow = await connect({ pin: '2026-07-28' }, approve, calls);
    const call = { name: 'approved', arguments: { letter: 'Dear Cy' } };
    expect(await narrow.client.callTool(call)).toMatchObject({ isError: true });
    const wide = await connect({ pin: '2026-07-28' }, approve, answers);
    expect(await wide.client.callTool(call)).toMatchObject({ structuredContent: { sent: 'Dear Cy' } });
    // The run of another caller, of an anonymous caller, and garbage get the same answer.
    const [waiting] = (await heddle.runs.requests()).filter(({ question }) => question.title === 'May it be sent?');
    for (const state of [`${waiting?.runId} ${waiting?.requestId}`, 'r_nothing q', 'x', '', 'a b c']) {
      const answer = { requestState: state, inputResponses: { [waiting?.requestId ?? 'q']: approve() } };
      const reply = wide.client.callTool({ ...call, ...answer });
      await expect(reply).rejects.toMatchObject({
        code: -32602,
        message: expect.stringMatching(/The answer belongs to no call/),
      });
    }
    expect(await heddle.runs.requests(waiting?.runId)).toHaveLength(1);
  });

  it('offers no stream of notifications, and says so', async () => {
    const { client } = await connect({ pin: '2026-07-28' });
    expect(client.getServerCapabilities()).toEqual({
      tools: {},
      resources: {},
      prompts: {},
      extensions: { 'io.modelcontextprotocol/tasks': {} },
    });
    await expect(client.listen({ toolsListChanged: true })).rejects.toThrow();
  });

  it('shows prompts of the library with their arguments, and fills them in', async () => {
    const content = {
      kind: 'chat' as const,
      messages: [
        { role: 'system' as const, content: 'Be brief.' },
        { role: 'user' as const, content: 'Dear {{ customer.name }}, about {{ topic }}' },
      ],
    };
    await server.heddle.prompts.create(
      { name: 'letter', title: 'A letter', owners: [], content, note: '' },
      'default',
      { who: 'local', project: 'default' },
    );
    const { client } = await connect({ pin: '2026-07-28' });
    expect((await client.listPrompts()).prompts).toEqual([
      {
        name: 'letter',
        title: 'A letter',
        description: 'A letter: a prompt of the library.',
        arguments: [
          { name: 'customer', required: true, description: 'A JSON object with customer.name.' },
          { name: 'topic', required: true },
        ],
      },
    ]);
    const values = { customer: '{"name":"Ada"}', topic: 'the {{ topic }}' };
    expect((await client.getPrompt({ name: 'letter', arguments: values })).messages).toEqual([
      { role: 'user', content: { type: 'text', text: 'Be brief.' } },
      { role: 'user', content: { type: 'text', text: 'Dear Ada, about the {{ topic }}' } },
    ]);
    const wrongs: Record<string, string>[] = [{ topic: 'x' }, { customer: 'Ada', topic: 'x' }];
    for (const wrong of wrongs)
      await expect(client.getPrompt({ name: 'letter', arguments: wrong })).rejects.toMatchObject({ code: -32602 });
    await expect(client.getPrompt({ name: 'no', arguments: {} })).rejects.toMatchObject({ code: -32602 });
    const { secret } = await server.heddle.keys.create(localPrincipal, {
      name: 'k',
      scopes: { permissions: ['run:published'] },
    });
    const narrow = await connect({ pin: '2026-07-28' }, undefined, secret);
    expect((await narrow.client.listPrompts()).prompts).toEqual([]);
    await expect(narrow.client.getPrompt({ name: 'letter', arguments: values })).rejects.toMatchObject({
      code: -32602,
    });
  });
});
