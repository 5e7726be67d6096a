import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ModelCard, type ModelHub } from '@heddle/core';
import { tinyEmbedder, tinyScorer, tinyTagger } from '../onnx/__fixtures__/tiny-onnx.js';
import { LocalModelHub } from './local-model-hub.js';

// Ids: the special tokens are 0 to 4, a = 5, b = 6, c = 7.
const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'b', 'c'];
const hubs: ModelHub[] = [];
afterAll(() => Promise.all(hubs.map((hub) => hub.close())));

async function hubWith(
  weights: Uint8Array | string,
  more: Record<string, unknown>,
  vocabulary: readonly string[] = words,
): Promise<ModelHub> {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-onnx-'));
  writeFileSync(path.join(folder, 'tiny.onnx'), weights);
  writeFileSync(path.join(folder, 'vocab.txt'), vocabulary.join('\n'));
  const hub = new LocalModelHub({ modelsFolder: path.join(folder, 'models'), dataFolder: folder });
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
    // The second text and its end token (3) count.
    expect(await reranker.rerank('a b', ['c', 'a a', 'b'], {})).toEqual([10, 13, 9]);
    expect(await reranker.rerank('a', [], {})).toEqual([]);
  });

  it('cuts a passage that is too long, and keeps its end token', async () => {
    const hub = await hubWith(tinyScorer([1], 'token_type_ids'), { kind: 'rerank' });
    const [score] = await (await hub.reranker('tiny')).rerank('a b', ['a '.repeat(50)], {});
    // 16 tokens: [CLS] a b [SEP], 11 times a, [SEP].
    expect(score).toBe(11 * 5 + 3);
  });

  it('uses the second of two scores', async () => {
    const hub = await hubWith(tinyScorer([100, 1], 'token_type_ids'), { kind: 'rerank' });
    expect(await (await hub.reranker('tiny')).rerank('a', ['b'], {})).toEqual([9]);
  });
});

describe('a classifier of pairs', () => {
  it('labels each hypothesis with its premise; other classifiers cannot', async () => {
    // The ids of the second text count, with its end token: higher ids make the second label likely.
    const labels = ['contradiction', 'entailment'];
    const more = { kind: 'classify', labels, activation: 'softmax' };
    const hub = await hubWith(tinyScorer([0, 0.1], 'token_type_ids'), { ...more, pairs: true });
    const classifier = await hub.classifier('tiny');
    const found = await classifier.classifyPairs?.('a b', ['c', 'a a'], {});
    expect(found?.[0]?.['entailment']).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    expect(found?.[1]?.['entailment']).toBeCloseTo(1 / (1 + Math.exp(-1.3)), 5);
    const single = await hubWith(tinyScorer([0, 0.1], 'token_type_ids'), more);
    expect('classifyPairs' in (await single.classifier('tiny'))).toBe(false);
  });
});

describe('a classifier', () => {
  it('gives probabilities that add up to 1 when a text has one label', async () => {
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

  it('gives each label its own probability when a text has several', async () => {
    const hub = await hubWith(tinyScorer([0.1, -0.1], 'attention_mask'), {
      kind: 'classify',
      labels: ['rude', 'loud'],
      activation: 'sigmoid',
    });
    const [scores] = await (await hub.classifier('tiny')).classify(['a'], {});
    expect(scores!['rude']).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    expect(scores!['loud']).toBeCloseTo(1 / (1 + Math.exp(1)), 5);
  });

  it('reports that the labels of its card do not fit', async () => {
    const hub = await hubWith(tinyScorer([1, 1, 1], 'attention_mask'), { kind: 'classify', labels: ['one', 'two'] });
    await expect((await hub.classifier('tiny')).classify(['a'], {})).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
  });
});

describe('a model of names', () => {
  const labels = ['O', 'B-PER', 'I-PER', 'B-LOC', 'B-ORG'];
  /** Each word of the vocabulary with its label. */
  const said: readonly (readonly [word: string, label: string])[] = [
    ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map((word) => [word, 'O'] as const),
    ['ada', 'B-PER'],
    ['jen', 'I-PER'],
    // Pieces of a word follow its first piece, whatever the model says about them.
    ['##sen', 'O'],
    ['ghent', 'B-LOC'],
    ['lives', 'O'],
    ['in', 'O'],
    ['.', 'O'],
  ];
  const table = said.map(([, label]) => labels.map((one) => (one === label ? 5 : 0)));
  const named = (more: Record<string, unknown> = {}) =>
    hubWith(
      tinyTagger(table),
      { kind: 'classify', perToken: true, labels, ...more },
      said.map(([word]) => word),
    );

  it('gives spans of the text, with their kind and probability', async () => {
    const names = await (await named()).classifier('tiny');
    const text = '  Ada  Jensen lives in GHENT.';
    const [spans = [], none] = (await names.tag?.([text, 'in'], {})) ?? [];
    expect(spans.map(({ start, end, label }) => [text.slice(start, end), label])).toEqual([
      ['Ada  Jensen', 'PER'],
      ['GHENT', 'LOC'],
    ]);
    expect(spans[0]?.score).toBeCloseTo(Math.exp(5) / (Math.exp(5) + 4), 4);
    expect(none).toEqual([]);
    expect(names.labels).toEqual(['PER', 'LOC', 'ORG']);
    expect((await names.classify([text], {}))[0]).toMatchObject({ PER: spans[0]?.score, ORG: 0 });
  });

  it('reads a text that is longer than its context in windows that end between words', async () => {
    const names = await (await named()).classifier('tiny');
    const text = 'lives in Jensen. '.repeat(40);
    const [spans = []] = (await names.tag?.([text], {})) ?? [];
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(Array.from({ length: 40 }, () => 'Jensen'));
  });

  it('reports that the labels of its card do not fit, or that the model scores whole texts', async () => {
    const wrong = await (await named({ labels: ['O', 'B-PER'] })).classifier('tiny');
    await expect(wrong.tag?.(['ada'], {})).rejects.toMatchObject({ code: 'model_file_invalid' });
    const whole = await hubWith(tinyScorer([1, 1], 'attention_mask'), { kind: 'classify', perToken: true, labels });
    await expect((await whole.classifier('tiny')).tag?.(['a'], {})).rejects.toMatchObject({
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
  ])('pools by %s over all tokens except padding', async (pooling, expected) => {
    const hub = await hubWith(tinyEmbedder(), { kind: 'embed', dimensions: 2, pooling });
    const vectors = await (await hub.embedder('tiny')).embed(['a b', 'a b c c c', 'a b'], { kind: 'passage' });
    for (const index of [0, 2])
      vectors[index]!.forEach((value, position) => expect(value).toBeCloseTo(expected[position]!, 5));
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

  it('reports that the dimensions of its card do not fit', async () => {
    const hub = await hubWith(tinyEmbedder(), { kind: 'embed', dimensions: 3, pooling: 'mean' });
    await expect((await hub.embedder('tiny')).embed(['a'], { kind: 'query' })).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
  });

  it('refuses a model that the runtime cannot open, and the host survives', async () => {
    const unknownNode = Buffer.from(
      Buffer.from(tinyEmbedder()).toString('latin1').replaceAll('Cast', 'Cost'),
      'latin1',
    );
    const hub = await hubWith(unknownNode, { kind: 'embed', dimensions: 2 });
    await expect((await hub.embedder('tiny')).embed(['a'], { kind: 'query' })).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
    expect(hub.hosts().find(({ runtime }) => runtime === 'onnx')).toMatchObject({ status: 'ready', restarts: 0 });
  });

  it('is not downloaded when its file is not a model', async () => {
    await expect(hubWith('no model', { kind: 'embed', dimensions: 2 })).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
  });
});
