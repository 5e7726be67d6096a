import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { standardNodes } from '@heddle/nodes';
import { recall, remembering } from '../../security/testing/memory-nodes.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import type { AnyJson } from '../../testing/any-json.js';

describe('the thread of a tool call', () => {
  let house: TwoProjects;
  let slug: string;
  let ann: Shown;
  let zoe: Shown;

  beforeAll(async () => {
    house = await openTwoProjects({ nodes: [...standardNodes, recall] });
    ({ slug } = await house.published(house.alpha, remembering));
    const speaks = house.key(house.alpha, { permissions: ['run:published', 'speak-for-users'] });
    [ann, zoe] = [
      { ...speaks, 'heddle-end-user': 'ann' },
      { ...speaks, 'heddle-end-user': 'zoe' },
    ];
  });
  afterAll(() => house.close());

  async function post(headers: Shown, body: object): Promise<Response> {
    return fetch(`${house.server.address}/mcp`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', ...body }),
    });
  }

  /** Opens a session and calls the tool. */
  async function call(who: Shown, args: object, meta?: object, headers: Shown = {}): Promise<AnyJson> {
    const clientInfo = { name: 'test', version: '1' };
    const opened = await post(who, {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
    });
    await opened.text();
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
    const params = { name: slug, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
    const reply = await post({ ...who, ...headers, ...session }, { id: 2, method: 'tools/call', params });
    const text = await reply.text();
    const lines = text.split('\n').flatMap((line) => (line.startsWith('data: ') ? line.slice(6) : []));
    const message: AnyJson = JSON.parse(lines.at(-1) ?? text);
    expect([message.error, typeof message.result]).toEqual([undefined, 'object']);
    return message.result;
  }
  const threadOf = ({ _meta }: AnyJson): string => String(_meta?.['heddle/thread']);
  const on = (thread: unknown) => ({ 'heddle/thread': thread });
  const failure = ({ isError, content }: AnyJson): unknown => [isError, content[0].text];

  it('is created when none is named, is in the result, and continues when _meta or the header names it', async () => {
    const first = await call(ann, { text: 'Of Ann.' }, on('new'));
    const thread = threadOf(first);
    expect(thread).toMatch(/^[0-9a-f]{24}$/);
    const again = await call(ann, {}, on(thread));
    expect([again.structuredContent.said, threadOf(again)]).toEqual([['Of Ann.'], thread]);
    expect((await call(ann, {}, undefined, { 'heddle-thread': thread })).structuredContent.said).toEqual(['Of Ann.']);
    // The arguments are inputs of the workflow and do not select a thread.
    const other = await call(ann, { session: thread, thread });
    expect(JSON.stringify(other)).not.toContain('Of Ann.');
  });

  it('is refused with the same answer whether it belongs to another caller or does not exist', async () => {
    const thread = threadOf(await call(ann, { text: 'Secret.' }, on('new')));
    const unknown = failure(await call(zoe, {}, on('f'.repeat(24))));
    expect(unknown).toEqual([true, expect.stringMatching(/^thread_not_found: /)]);
    expect(failure(await call(zoe, {}, on(thread)))).toEqual(unknown);
    for (const name of ['', '%', `${thread}' OR ''='`]) expect(failure(await call(ann, {}, on(name)))).toEqual(unknown);
    for (const name of [7, ['x'], 'x'.repeat(65)])
      expect(failure(await call(ann, {}, on(name)))).not.toEqual([undefined, expect.anything()]);
  });
});
