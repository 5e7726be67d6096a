/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ModelCard, type ModelMachine, type ModelState } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { meStore } from '../../data/access/known-me.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { LiveContext } from '../../data/live/live-context.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { buttonNamed, pageText, pressButton, texts } from '../../ui/testing/fake-person.js';
import { ModelEntry } from './ModelEntry.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

// jsdom has no TextDecoder; the stream of this spec is text already.
Object.assign(globalThis, {
  TextDecoder: class {
    decode(text = ''): string {
      return text;
    }
  },
});
const realFetch = globalThis.fetch;
const card = ModelCard.parse({
  id: 'writer',
  title: 'Writer',
  kind: 'generate',
  runtime: 'llama',
  summary: 'Writes.',
  publisher: 'Acme',
  licence: 'MIT',
  use: 'Any.',
  format: 'gguf',
  contextTokens: 2048,
  languages: ['en'],
  files: [{ role: 'weights', name: 'f', sources: ['file:/f'], size: 100 }],
});
const machine: ModelMachine = { memoryMb: 4096, limitMb: 2867, usesGpu: false };

let root: Root;
let container: HTMLElement;
let sent: { readonly path: string; readonly body: unknown }[];
let answer: string;
let changes: number;

beforeEach(() => {
  [sent, changes, answer] = [[], 0, 'data: {"type":"started"}\n\ndata: {"type":"end"}\n\n'];
  globalThis.fetch = (async (path: string, init: { readonly body: string }) => {
    if (path.endsWith('/try')) sent.push({ path, body: JSON.parse(init.body) });
    let isRead = false;
    const read = async () => {
      if (isRead) return { done: true };
      isRead = true;
      return { done: false, value: answer };
    };
    if (path === '/api/auth/me') return new Promise(() => undefined);
    return {
      ok: true,
      status: 200,
      headers: new Map(),
      body: { getReader: () => ({ read, cancel: async () => undefined }) },
    };
  }) as unknown as typeof fetch;
  container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
  globalThis.fetch = realFetch;
  meStore.setState({ me: undefined });
});

const show = (state: Partial<ModelState>): void =>
  act(() =>
    root.render(
      <LiveContext value={createLiveClient(createFakeSocket())}>
        <ModelEntry
          model={{ card, status: 'ready', bytes: 100, needMb: 430, ...state }}
          machine={machine}
          job={undefined}
          onTry={() => undefined}
          onResults={() => undefined}
          onChanged={() => (changes += 1)}
        />
      </LiveContext>,
    ),
  );

/** Waits until the stream is read, which takes several steps. */
const settle = (): Promise<void> => act(() => new Promise<void>((resolve) => setTimeout(resolve, 0)));

const fact = (name: string): string | undefined =>
  texts('.facts > div')
    .find((text) => text.startsWith(name))
    ?.slice(name.length);

describe('a model of the catalogue', () => {
  it('says that it fits this machine, and that nothing was measured yet', () => {
    show({});
    expect(texts('.model-fit')[0]).toMatch(/^Fits this machine/);
    expect([fact('Speed here'), fact('Memory')]).toEqual(['not measured yet', expect.stringMatching(/^about 4/)]);
  });

  it('says why it does not fit, and still offers the download', () => {
    show({ status: 'absent', needMb: 9000 });
    expect(texts('.model-fit')[0]).toContain('this machine has');
    expect(buttonNamed('Download Writer')).toBeDefined();
    expect(buttonNamed('Measure speed of Writer')).toBeUndefined();
  });

  it('measures with a short text on request, and shows the speed that the server stored', async () => {
    show({});
    await pressButton('Measure speed of Writer');
    await settle();
    expect(sent).toEqual([{ path: '/api/models/writer/try', body: expect.objectContaining({ maxTokens: 64 }) }]);
    expect(changes).toBe(1);
    show({ speed: { tokensPerSecond: 41.2 } });
    expect(fact('Speed here')).toBe('41 tokens/s');
  });

  it('says why a measurement failed', async () => {
    answer = 'data: {"type":"error","error":{"code":"model_host_lost","message":"The host is gone."}}\n\n';
    show({});
    await pressButton('Measure speed of Writer');
    await settle();
    expect(pageText()).toContain('The host is gone.');
    expect(changes).toBe(0);
  });

  it('offers no measurement to a user who may not try models', () => {
    meStore.setState({
      me: {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: ['viewer'] } },
      } as never,
    });
    show({});
    expect(buttonNamed('Measure speed of Writer')).toBeUndefined();
  });
});
