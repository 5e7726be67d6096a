import { expect, it } from '@jest/globals';
import type { ModelCard } from '@heddle/core';
import { embedInSlices, type EmbedSlice } from './embed-in-slices.js';

const card = { id: 'small', dimensions: 2 } as ModelCard; // The fields that the code reads.

it('embeds in order, slice by slice, and sums the tokens', async () => {
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

it('receives nothing from a host after an abort', async () => {
  const stop = new AbortController();
  const done: number[] = [];
  let report: (event: unknown) => void = () => undefined;
  const embed: EmbedSlice = (_slice, { signal, onEvent = () => undefined }) => {
    report = onEvent;
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))));
  };
  const options = { kind: 'query', signal: stop.signal, onProgress: (count: number) => done.push(count) } as const;
  const stopped = embedInSlices(card, ['a'], options, embed);
  report({ done: 0 });
  stop.abort();
  await expect(stopped).rejects.toThrow('stopped');
  report({ done: 1 });
  expect(done).toEqual([0]);
});
