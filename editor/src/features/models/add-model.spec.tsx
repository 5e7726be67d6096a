/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ModelState } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createViewStore } from '../view/view-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { AddModel } from './AddModel.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
const models = [
  { card: { id: 'base', title: 'Base model', kind: 'generate' } },
  { card: { id: 'vectors', title: 'Vectors', kind: 'embed' } },
] as unknown as readonly ModelState[];
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

let root: Root;
let sent: { readonly path: string; readonly body: Record<string, unknown> }[];
let reply: { readonly status: number; readonly body: unknown };
let done: string[];

beforeEach(() => {
  [sent, done, reply] = [[], [], { status: 201, body: {} }];
  globalThis.fetch = (async (path: string, init: { readonly body: string }) => {
    sent.push({ path, body: JSON.parse(init.body) });
    const { status, body } = reply;
    return {
      ok: status < 300,
      status,
      headers: new Map(),
      json: async () => body,
      text: async () => JSON.stringify(body),
    };
  }) as unknown as typeof fetch;
  const container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
  const session = { view: createViewStore(), live: { onConnection: () => () => undefined } } as unknown as Session;
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <AddModel models={models} onClose={() => done.push('closed')} onAdded={() => done.push('added')} />
      </SessionProvider>,
    ),
  );
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = realFetch;
});

const field = (title: string): HTMLInputElement | HTMLSelectElement => {
  const label = [...document.querySelectorAll('label')].find(({ textContent }) => textContent === title);
  const input = label?.control as HTMLInputElement | HTMLSelectElement | null | undefined;
  if (input === null || input === undefined) throw new Error(`There is no field '${title}'.`);
  return input;
};
/** Types or selects like a person, so that React receives the event. */
function give(title: string, text: string): void {
  const input = field(title);
  const proto = input instanceof HTMLSelectElement ? HTMLSelectElement.prototype : HTMLInputElement.prototype;
  act(() => {
    Object.getOwnPropertyDescriptor(proto, 'value')?.set?.call(input, text);
    input.dispatchEvent(new Event(input instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }));
  });
}
const press = (name: string): Promise<void> =>
  act(async () => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.click());
const add = (): Promise<void> => press('Add to catalogue');
const alert = (): string | undefined => document.querySelector('[role=alert]')?.textContent ?? undefined;

describe('the form that adds a model', () => {
  it('creates the card of a file in a hub repository, with an id from the file name', async () => {
    give('Repository and file', 'https://huggingface.co/owner/name/blob/main/Big-Model.Q4_K_M.gguf');
    expect(field('Id').value).toBe('big-model.q4_k_m');
    give('Context, in tokens', '8192');
    await add();
    expect(sent).toMatchObject([
      {
        path: '/api/models',
        body: { id: 'big-model.q4_k_m', kind: 'generate', contextTokens: 8192 },
      },
    ]);
    expect(JSON.stringify(sent[0]?.body)).toContain('hf:owner/name@main/Big-Model.Q4_K_M.gguf');
    expect(done).toEqual(['added', 'closed']);
  });

  it('creates the card of an adapter file on this machine, for a base model that generates text', async () => {
    await press('File on this machine');
    give('Path', '/models/tone.gguf');
    give('Kind', 'lora');
    const bases = [...field('Base model').querySelectorAll('option')].map(({ textContent }) => textContent);
    expect(bases).toEqual(['Select', 'Base model']);
    give('Base model', 'base');
    give('Id', 'house-tone');
    await add();
    expect(sent).toMatchObject([{ body: { id: 'house-tone', kind: 'lora', baseModel: 'base' } }]);
    expect(JSON.stringify(sent[0]?.body)).toContain('file:/models/tone.gguf');
  });

  it('says that a repository needs a file, and sends nothing', async () => {
    give('Repository and file', 'only-a-name');
    give('Id', 'mine');
    await add();
    expect(alert()).toContain('Enter the repository and its file, such as owner/name/model.gguf.');
    expect([sent, done]).toEqual([[], []]);
  });

  it('shows why the server refused it, and stays open with the typed values', async () => {
    reply = { status: 409, body: { error: { code: 'conflict', message: "There is a model 'mine' already." } } };
    give('Repository and file', 'owner/name/model.gguf');
    give('Id', 'mine');
    await add();
    expect(alert()).toContain("There is a model 'mine' already.");
    expect(field('Id').value).toBe('mine');
    expect(done).toEqual([]);
  });
});
