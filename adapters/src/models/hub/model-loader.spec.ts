import { afterEach, expect, it } from '@jest/globals';
import type { ModelCard } from '@heddle/core';
import type { Caller } from '../../child/create-caller.js';
import { ModelLoader } from './model-loader.js';

const card = { id: 'small' } as ModelCard; // The fields that the code reads.
const caller = {} as Caller; // No test calls it.
let loader: ModelLoader;

function open(load: () => Promise<{ readonly memoryMb: number }>): ModelLoader {
  loader = new ModelLoader({
    supervisor: {
      caller: () => Promise.resolve(caller),
      succeeded: () => undefined,
      state: () => ({ runtime: 'onnx', status: 'ready', restarts: 0 }),
      close: () => Promise.resolve(),
    },
    idleUnloadMs: 0,
    memory: { limitMb: 100, loaders: new Set() },
    load,
    unload: () => Promise.resolve(),
    onChange: () => undefined,
  });
  return loader;
}
const inUse = (): number | undefined => loader.loaded()[0]?.inUse;

afterEach(() => loader.close());

it('G7: an abort does not wait for the host, and the model stays in use until the host has stopped the call', async () => {
  let agree: () => void = () => undefined;
  const stop = new AbortController();
  let hasBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (hasBegun = resolve));
  const work = (): Promise<void> => {
    hasBegun();
    return new Promise((resolve) => (agree = resolve));
  };
  const used = open(() => Promise.resolve({ memoryMb: 1 })).use(card, 1, work, stop.signal);
  await begun;
  stop.abort();
  await expect(used).rejects.toMatchObject({ code: 'aborted' });
  expect(inUse()).toBe(1);
  agree();
  await new Promise((resolve) => setTimeout(resolve));
  expect(inUse()).toBe(0);
});

it('an abort while a model is opened does not wait, and the next call finds the model open', async () => {
  let opens = 0;
  let finish: () => void = () => undefined;
  const stop = new AbortController();
  const loading = open(() => {
    opens += 1;
    return new Promise((resolve) => (finish = () => resolve({ memoryMb: 1 })));
  });
  const used = loading.use(card, 1, () => Promise.resolve('never'), stop.signal);
  await new Promise((resolve) => setTimeout(resolve));
  stop.abort();
  await expect(used).rejects.toMatchObject({ code: 'aborted' });
  finish();
  expect([await loading.use(card, 1, () => Promise.resolve('used')), opens]).toEqual(['used', 1]);
});
