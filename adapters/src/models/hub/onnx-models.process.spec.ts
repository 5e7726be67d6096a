import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ModelCard, type ModelHub } from '@heddle/core';
import { tinyEmbedder, tinyScorer } from '../onnx/__fixtures__/tiny-onnx.js';
import { createModelHub } from './create-model-hub.js';

// Ids: the marks are 0 to 4, a = 5, b = 6, c = 7.
const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'b', 'c'];
const hubs: ModelHub[] = [];
afterAll(() => Promise.all(hubs.map((hub) => hub.close())));

async function hubWith(weights: Uint8Array | string, more: Record<string, unknown>): Promise<ModelHub> {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-onnx-'));
  writeFileSync(path.join(folder, 'tiny.onnx'), weights);
  writeFileSync(path.join(folder, 'vocab.txt'), words.join('\n'));
  const hub = createModelHub({ modelsFolder: path.join(folder, 'models'), dataFolder: folder });
  hubs.push(hub);
  await hub.add(
    ModelCard.parse({
      id: 'tiny',
      title: 'Tiny',
      runtime: 'onnx',
      format: 'onnx',
      summary: '',
      publisher: '',
      licence: 'MIT',
      use: '',
      contextTokens: 16,
      languages: ['en'],
      files: [
        { role: 'weights', name: 'model.onnx', sources: [`file:${path.join(folder, 'tiny.onnx')}`] },
        { role: 'vocabulary', name: 'vocab.txt', sources: [`file:${path.join(folder, 'vocab.txt')}`] },
      ],
      ...more,
    }),
  );
  await hub.pull('tiny');
  return hub;
}

describe('a reranker', () => {
  it('scores each passage together with the query, in order', async () => {
    const hub = await hubWith(tinyScorer([1], 'token_type_ids'), { kind: 'rerank' });
    const reranker = await hub.reranker('tiny');
    // The second text and its closing mark (3) count.
    expect(await reranker.rerank('a b', ['c', 'a a', 'b'], {})).toEqual([10, 13, 9]);
    expect(await reranker.rerank('a', [], {})).toEqual([]);
  });

  it('cuts a passage that is too long and keeps its closing mark', async () => {
    const hub = await hubWith(tinyScorer([1], 'token_type_ids'), { kind: 'rerank' });
    const [score] = await (await hub.reranker('tiny')).rerank('a b', ['a '.repeat(50)], {});
    // 16 tokens: [CLS] a b [SEP], 11 times a, [SEP].
    expect(score).toBe(11 * 5 + 3);
  });

  it('takes the second of two scores', async () => {
    const hub = await hubWith(tinyScorer([100, 1], 'token_type_ids'), { kind: 'rerank' });
    expect(await (await hub.reranker('tiny')).rerank('a', ['b'], {})).toEqual([9]);
  });
});

describe('a classifier', () => {
  it('gives probabilities that add up, for one label of many', async () => {
    const hub = await hubWith(tinyScorer([0.1, -0.1], 'attention_mask'), {
      kind: 'classify',
      labels: ['yes', 'no'],
      activation: 'softmax',
    });
    const [scores] = await (await hub.classifier('tiny')).classify(['a'], {});
    // Ids 2 + 5 + 3 = 10: scores 1 and -1.
    expect(scores!['yes']).toBeCloseTo(1 / (1 + Math.exp(-2)), 5);
    expect(scores!['yes']! + scores!['no']!).toBeCloseTo(1, 6);
  });

  it('gives each label its own probability', async () => {
    const hub = await hubWith(tinyScorer([0.1, -0.1], 'attention_mask'), {
      kind: 'classify',
      labels: ['rude', 'loud'],
      activation: 'sigmoid',
    });
    const [scores] = await (await hub.classifier('tiny')).classify(['a'], {});
    expect(scores!['rude']).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    expect(scores!['loud']).toBeCloseTo(1 / (1 + Math.exp(1)), 5);
  });

  it('says when the labels of its card do not fit', async () => {
    const hub = await hubWith(tinyScorer([1, 1, 1], 'attention_mask'), { kind: 'classify', labels: ['one', 'two'] });
    await expect((await hub.classifier('tiny')).classify(['a'], {})).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
  });
});

describe('an embedder', () => {
  const norm = (x: number, y: number): number[] => [x / Math.hypot(x, y), y / Math.hypot(x, y)];
  it.each([
    ['mean', norm((2 + 5 + 6 + 3) / 4, 1)],
    ['cls', norm(2, 1)],
    ['last', norm(3, 1)],
  ])('pools by %s over what is no padding', async (pooling, expected) => {
    const hub = await hubWith(tinyEmbedder(), { kind: 'embed', dimensions: 2, pooling });
    const vectors = await (await hub.embedder('tiny')).embed(['a b', 'a b c c c', 'a b'], { kind: 'passage' });
    for (const index of [0, 2])
      vectors[index]!.forEach((value, place) => expect(value).toBeCloseTo(expected[place]!, 5));
  });

  it('puts the prefix for queries and passages before the text', async () => {
    const hub = await hubWith(tinyEmbedder(), {
      kind: 'embed',
      dimensions: 2,
      pooling: 'mean',
      queryPrefix: 'a ',
      passagePrefix: 'c ',
    });
    const embedder = await hub.embedder('tiny');
    const [query] = await embedder.embed(['b'], { kind: 'query' });
    const [passage] = await embedder.embed(['b'], { kind: 'passage' });
    expect(query![0]! / query![1]!).toBeCloseTo((2 + 5 + 6 + 3) / 4, 4);
    expect(passage![0]! / passage![1]!).toBeCloseTo((2 + 7 + 6 + 3) / 4, 4);
  });

  it('says when the dimensions of its card do not fit', async () => {
    const hub = await hubWith(tinyEmbedder(), { kind: 'embed', dimensions: 3, pooling: 'mean' });
    await expect((await hub.embedder('tiny')).embed(['a'], { kind: 'query' })).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
  });

  it('refuses a file that is no model, and the host lives', async () => {
    const hub = await hubWith('no model', { kind: 'embed', dimensions: 2 });
    await expect((await hub.embedder('tiny')).embed(['a'], { kind: 'query' })).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
    expect(hub.hosts().find(({ runtime }) => runtime === 'onnx')).toMatchObject({ status: 'ready', restarts: 0 });
  });
});
