import { describe, expect, it } from '@jest/globals';
import { ToolServer, type ToolReply, type ToolServerSummary } from '@heddle/core';
import { draftOf, emptyDraft, readDraft } from './tool-server-draft.js';
import { countWords, inOrder, stateOf } from './tool-words.js';

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
  ceiling: 'confidential',
});

describe('the form of a tool server', () => {
  it('gives back what it was given, with the limits that it does not show', () => {
    expect(readDraft(draftOf(stored))).toEqual({ ok: true, server: stored });
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

describe('the words of tools', () => {
  const summary = (more: Partial<ToolServerSummary>): ToolServerSummary => ({
    ...{ id: 'a', title: '', ceiling: 'internal', label: 'internal', isLocal: false, isEnabled: true },
    ...{ kind: 'http', place: 'x', activity: { state: 'idle', inFlight: 0 }, tools: {}, ...more },
  });

  it('say first what changed', () => {
    expect(countWords({ tools: { approved: 4, changed: 1 } })).toBe('1 changed, 4 approved');
    expect(stateOf(summary({ tools: { changed: 1 } }), 0)).toMatchObject({ status: 'waiting' });
    const tools = ['approved', 'new', 'changed'].map((standing) => ({ standing, tool: standing }) as ToolReply);
    expect(inOrder(tools).map(({ tool }) => tool)).toEqual(['changed', 'new', 'approved']);
  });

  it('say when a failing server is tried again', () => {
    const activity = { state: 'waiting', inFlight: 0, retryAt: 3_500 } as const;
    expect(stateOf(summary({ activity }), 1_000).words).toBe('Fails, and is tried again in 3 s');
    expect(stateOf(summary({ isEnabled: false }), 0).words).toBe('Switched off');
  });
});
