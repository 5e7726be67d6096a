/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { parseDocument, type CompileReply } from '@heddle/core';
import { createDocumentStore, edit, showWorkflow } from './document-store.js';
import { setConfig } from './edit/change-node.js';
import { startRecompile } from './recompile.js';

const written = parseDocument({
  heddle: 2,
  name: 'One',
  nodes: { reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer' }] } } },
  edges: [],
});
const port = (name: string) => ({ name, type: 'Text', mode: 'one', isOptional: true }) as const;
const replyWith = (names: readonly string[], isInvalid: boolean): CompileReply =>
  ({
    ports: { reply: { inputs: names.map(port), outputs: [] } },
    issues: isInvalid ? [{ code: 'config-invalid', severity: 'error', node: 'reply', message: 'No name.' }] : [],
  }) as unknown as CompileReply;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('keeps the ports of a node when invalid settings would remove them, until the settings are valid', async () => {
  const store = createDocumentStore();
  showWorkflow(store, { id: 'w', slug: 'one', revision: 1, updatedAt: 0, document: written });
  let next = replyWith(['answer', 'source'], false);
  const end = startRecompile(store, async () => next);
  const inputs = async (): Promise<readonly string[]> => {
    edit(store, (current) => setConfig(current, 'reply', ['title'], Math.random()));
    await jest.advanceTimersByTimeAsync(300);
    return store.getState().compiled?.ports['reply']?.inputs.map(({ name }) => name) ?? [];
  };
  expect(await inputs()).toEqual(['answer', 'source']);
  next = replyWith([], true);
  expect(await inputs()).toEqual(['answer', 'source']);
  expect(store.getState().compiled?.issues).toHaveLength(1);
  next = replyWith(['answer'], false);
  expect(await inputs()).toEqual(['answer']);
  next = replyWith(['answer', 'more'], true);
  expect(await inputs()).toEqual(['answer', 'more']);
  end();
});

it('compiles again when the page becomes visible and a missing reference may exist by now', async () => {
  const store = createDocumentStore();
  showWorkflow(store, { id: 'w', slug: 'one', revision: 1, updatedAt: 0, document: written });
  let asked = 0;
  const end = startRecompile(store, async () => {
    asked += 1;
    return replyWith(['answer'], false);
  });
  const seen = async (code: string): Promise<number> => {
    store.setState({ compiled: { ...replyWith([], false), issues: [{ code }] } as unknown as CompileReply });
    document.dispatchEvent(new Event('visibilitychange'));
    await jest.advanceTimersByTimeAsync(0);
    return asked;
  };
  expect(await seen('config-invalid')).toBe(0);
  expect(await seen('reference-missing')).toBe(1);
  expect(store.getState().compiled?.issues).toEqual([]);
  end();
});
