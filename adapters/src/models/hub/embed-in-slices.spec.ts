import { expect, it } from '@jest/globals';
import type { ModelCard } from '@heddle/core';
import { embedInSlices, type EmbedSlice } from './embed-in-slices.js';

const card = { id: 'small', dimensions: 2 } as ModelCard; // what is read of it
const never = new Promise<never>(() => undefined);

it('embeds in order, slice by slice, with the tokens of all', async () => {
  const texts = Array.from({ length: 130 }, (_none, index) => String(index));
  const embed: EmbedSlice = async ({ texts: slice }) => ({
    values: Float32Array.from(slice.flatMap((text) => [Number(text), 1])),
    width: 2,
    tokens: slice.length,
  });
  let tokens = 0;
  const onUsage = ({ inputTokens }: { readonly inputTokens: number }): void => void (tokens = inputTokens);
  const vectors = await embedInSlices(card, texts, { kind: 'passage', onUsage }, embed);
  expect([vectors.map(([first]) => first), tokens]).toEqual([texts.map(Number), 130]);
});

it('G7: who stops it does not wait for a host that does not answer, and hears nothing more of it', async () => {
  const stop = new AbortController();
  const done: number[] = [];
  let report: (event: unknown) => void = () => undefined;
  let isTold = false;
  const embed: EmbedSlice = (_slice, { signal, onEvent = () => undefined }) => {
    report = onEvent;
    signal?.addEventListener('abort', () => (isTold = true));
    return never;
  };
  const options = { kind: 'query', signal: stop.signal, onProgress: (count: number) => done.push(count) } as const;
  const stopped = embedInSlices(card, ['a'], options, embed);
  report({ done: 0 });
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  report({ done: 1 });
  expect([isTold, done]).toEqual([true, [0]]);
});
