import { describe, expect, it } from '@jest/globals';
import { ToolServer, type ToolReply, type ToolServerSummary } from '@heddle/core';
import { signInReply } from './sign-in-return.js';
import { draftOf, emptyDraft, exampleDraft, readDraft } from './tool-server-draft.js';
import { countsText, inOrder, stateOf } from './tool-text.js';

const stored = ToolServer.parse({
  id: 'files',
  title: 'Files',
  transport: {
    kind: 'stdio',
    command: 'npx',
    args: ['-y', 'server files'],
    environment: [{ name: 'TOKEN', secret: 'files-token' }],
  },
  limits: { resultBytes: 5_000 },
  clearance: 'confidential',
});

describe('the form of a tool server', () => {
  it('gives back the stored server, with the limits that it does not show', () => {
    expect(readDraft(draftOf(stored))).toEqual({ ok: true, server: stored });
  });

  it('keeps the sampling model of a server with its limits', () => {
    const server = ToolServer.parse({ ...stored, sampling: { model: 'openai/gpt-5', maxTokens: 200 } });
    expect(readDraft(draftOf(server))).toEqual({ ok: true, server });
    expect(readDraft({ ...draftOf(server), samplingModel: ' ' })).toEqual({ ok: true, server: stored });
    expect(
      readDraft({ ...emptyDraft, id: 'a', url: 'https://x.example', samplingModel: 'm', samplingCalls: 0 }),
    ).toMatchObject({
      errors: { samplingCalls: expect.any(String) },
    });
  });

  it('keeps the sign-in settings of a server, and leaves them out when no sign-in is used', () => {
    const oauth = { clientId: 'heddle', scope: 'files:read' };
    const transport = { kind: 'http', url: 'https://mcp.example.com/mcp', oauth };
    const server = ToolServer.parse({ id: 'files', transport });
    expect(readDraft(draftOf(server))).toEqual({ ok: true, server });
    const without = readDraft({ ...draftOf(server), isSignedInTo: false });
    expect(without.ok && 'oauth' in without.server.transport).toBe(false);
    const registering = readDraft({ ...draftOf(server), clientId: ' ', scope: '' });
    expect(registering).toMatchObject({ server: { transport: { oauth: {} } } });
  });

  it('reads the reply of a sign-in, and nothing else', () => {
    expect(signInReply('?code=c&state=s&iss=https%3A%2F%2Fa.example')).toEqual({
      state: 's',
      code: 'c',
      iss: 'https://a.example',
    });
    expect(signInReply('?error=access_denied&state=s')).toEqual({ state: 's', error: 'access_denied' });
    for (const search of ['', '?state=s', '?code=c']) expect(signInReply(search)).toBeUndefined();
  });

  it('leaves out rows without a name, and keeps arguments with spaces whole', () => {
    const draft = { ...draftOf(stored), args: 'one two\n\nthree', settings: [{ name: ' ', value: 'x', secret: '' }] };
    expect(readDraft(draft)).toMatchObject({
      server: { transport: { args: ['one two', 'three'], environment: [] } },
    });
  });

  it('says at each field what is wrong', () => {
    expect(readDraft({ ...emptyDraft, id: 'My files', url: 'ftp://x' })).toMatchObject({
      ok: false,
      errors: { id: expect.stringContaining('Lower-case'), url: expect.any(String) },
    });
    const settings = [{ name: 'a b', value: '', secret: '' }];
    expect(readDraft({ ...emptyDraft, id: 'a', url: 'https://x.example', settings })).toMatchObject({
      errors: { settings: expect.any(String) },
    });
  });
});

describe('the text of tools', () => {
  const summary = (more: Partial<ToolServerSummary>): ToolServerSummary => ({
    id: 'a',
    title: '',
    clearance: 'internal',
    label: 'internal',
    isLocal: false,
    isEnabled: true,
    kind: 'http',
    place: 'x',
    activity: { state: 'idle', inFlight: 0 },
    tools: {},
    ...more,
  });

  it('names changed tools first', () => {
    expect(countsText({ tools: { approved: 4, changed: 1 } })).toBe('1 changed, 4 approved');
    expect(stateOf(summary({ tools: { changed: 1 } }), 0)).toMatchObject({ status: 'waiting' });
    const tools = ['approved', 'new', 'changed'].map((standing) => ({ standing, tool: standing }) as ToolReply);
    expect(inOrder(tools).map(({ tool }) => tool)).toEqual(['changed', 'new', 'approved']);
  });

  it('shows a needed sign-in as waiting', () => {
    expect(stateOf(summary({ signIn: { isNeeded: true } }), 0)).toMatchObject({ status: 'waiting' });
  });

  it('says when a failing server is tried again', () => {
    const activity = { state: 'waiting', inFlight: 0, retryAt: 3_500 } as const;
    expect(stateOf(summary({ activity }), 1_000).text).toBe('Failing, next attempt in 3 s');
    expect(stateOf(summary({ isEnabled: false }), 0).text).toBe('Disabled');
  });
});

it('the example of a tool server can be registered once its folder is named', () => {
  expect(readDraft(exampleDraft)).toMatchObject({
    ok: true,
    server: { id: 'files', transport: { kind: 'stdio', command: 'npx', args: expect.arrayContaining(['-y']) } },
  });
});
