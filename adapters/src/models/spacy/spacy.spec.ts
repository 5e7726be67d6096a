import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { checkFormat } from '../files/check-format.js';
import { nameCards } from '../catalogue/name-cards.js';
import { ModelCard } from '@heddle/core';
import { createWeights, pack, tinyTokenizer, tinyWeights } from './__fixtures__/tiny-pipeline.js';
import { encoderGraph, inputWidth } from './encoder-graph.js';
import { readMessagePack } from './message-pack.js';
import { openSpacy, type SpacyFiles } from './open-spacy.js';
import { readWeights, type MaxoutLayer, type SpacyWeights, type Table } from './read-weights.js';
import { createWordSplitter } from './split-words.js';
import { rowsOf, textNumber } from './string-hash.js';
import { createWordFeatures } from './word-features.js';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-spacy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
function write(content: Uint8Array): string {
  const file = path.join(folder, String(files++));
  writeFileSync(file, content);
  return file;
}
const labels = ['ORG', 'PERSON'];
const lookups = pack(new Map([['lexeme_norm', new Map([[textNumber('colour'), 'color']])]]));
const pipeline = (upperBias?: readonly number[], more: Partial<SpacyFiles> = {}) =>
  openSpacy(
    {
      weights: write(tinyWeights(labels.length, 13, upperBias)),
      tokenizer: write(tinyTokenizer()),
      lookups: write(lookups),
      ...more,
    },
    1,
  );

describe('the numbers of words', () => {
  it('are the same as in spaCy', () => {
    // The values of spaCy 3.8; `number` is one of the names with a fixed number.
    expect(['coffee', 'a', 'Ünï', 'number', 'abcdefgh', 'abcdefghi'].map(textNumber)).toEqual([
      3197928453018144401n,
      11901859001352538922n,
      10499891206652390066n,
      432n,
      17751780907874141760n,
      13885881106499164936n,
    ]);
    expect(rowsOf(textNumber('coffee'), 8, 5000)).toEqual([680, 852, 3520, 1278]);
    expect(rowsOf(textNumber('coffee'), 11, 2500)).toEqual([518, 470, 1945, 1563]);
  });

  it('encode the form, prefix, suffix and shape of a word', () => {
    const featuresOf = createWordFeatures(new Map([[textNumber('colour'), 'color']]));
    expect(featuresOf('colour')).toEqual(['color', 'c', 'our', 'xxxx']);
    expect(featuresOf('Ada-12345')).toEqual(['ada-12345', 'A', '345', 'Xxx-dddd']);
    expect(featuresOf('€')).toEqual(['$', '€', '€', '€']);
    expect(featuresOf("n't", 'not')).toEqual(['not', 'n', "n't", "x'x"]);
    expect(featuresOf('😀é')).toEqual(['😀é', '😀', '😀é', '😀x']);
    expect(featuresOf('x'.repeat(100))[3]).toBe('LONG');
  });
});

describe('words', () => {
  const split = createWordSplitter(readMessagePack(tinyTokenizer()));
  const words = (text: string): string[] => split(text).map((word) => word.text);

  it('are split by the rules of the file', () => {
    expect(words('("Ada\'s loom), ran  12km.')).toEqual([
      '(',
      '"',
      'Ada',
      "'s",
      'loom',
      ')',
      ',',
      'ran',
      ' ',
      '12',
      'km',
      '.',
    ]);
    expect(words("We don't,\n warp/weft")).toEqual(['We', 'do', "n't", ',', '\n ', 'warp', '/', 'weft']);
    expect(words('see https://a.b/c-d. Co.Ltd.')).toEqual(['see', 'https://a.b/c-d', '.', 'Co', '.', 'Ltd.']);
    expect(words('😀Ada')).toEqual(['😀', 'Ada']);
  });

  it('keep their position in the text, also in a long piece without spaces', () => {
    const text = ` ${'ab'.repeat(500)}😀 (x) ${'('.repeat(1_000)}`;
    for (const word of split(text)) expect(text.slice(word.start, word.start + word.text.length)).toBe(word.text);
    expect(words(text).join('')).toBe(text.replace(/(?<=\S) /g, ''));
  });
});

const value = (table: Table, at: number): number => table.values[at] ?? 0;

/** The network in plain loops, as thinc computes it. */
function plainEncoder(weights: SpacyWeights, input: readonly Float32Array[]): number[][] {
  const maxout = (row: ArrayLike<number>, { weights: table, bias, scale, shift }: MaxoutLayer): number[] => {
    const width = table.shape[2] ?? 0;
    const most = Array.from({ length: 96 }, (_, unit) =>
      Math.max(
        ...[0, 1, 2].map((piece) => {
          let sum = value(bias, unit * 3 + piece);
          for (let at = 0; at < width; at += 1) sum += value(table, (unit * 3 + piece) * width + at) * (row[at] ?? 0);
          return sum;
        }),
      ),
    );
    const mean = most.reduce((sum, one) => sum + one, 0) / 96;
    const variance = most.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 96;
    return most.map(
      (one, unit) => ((one - mean) / Math.sqrt(variance + 1e-8)) * value(scale, unit) + value(shift, unit),
    );
  };
  const zeros = Array<number>(96).fill(0);
  let rows = [
    ...Array<number[]>(4).fill(zeros),
    ...input.map((row) => maxout(row, weights.mix)),
    ...Array<number[]>(4).fill(zeros),
  ];
  for (const layer of weights.windows)
    rows = rows.map((row, at) => {
      const window = [...(rows[at - 1] ?? zeros), ...row, ...(rows[at + 1] ?? zeros)];
      return maxout(window, layer).map((one, unit) => one + (row[unit] ?? 0));
    });
  const linear = (row: readonly number[], table: Table, width: number, bias?: Table): number[] =>
    Array.from({ length: table.values.length / width }, (_, unit) =>
      row.reduce(
        (sum, one, at) => sum + one * value(table, unit * width + at),
        bias === undefined ? 0 : value(bias, unit),
      ),
    );
  return rows
    .slice(4, -4)
    .map((row) => linear(linear(row, weights.narrow.weights, 96, weights.narrow.bias), weights.lower.weights, 64));
}

describe('the network', () => {
  it('computes the same in ONNX Runtime as in plain loops', async () => {
    const weights = readWeights(readMessagePack(tinyWeights(2, 13)));
    const session = await InferenceSession.create(encoderGraph(weights), { intraOpNumThreads: 1, logSeverityLevel: 3 });
    const random = createWeights(3);
    for (const count of [1, 2, 7]) {
      const input = Array.from({ length: count }, () => random(inputWidth));
      const features = new Tensor('float32', Float32Array.from(input.flatMap((row) => [...row])), [count, inputWidth]);
      const output = (await session.run({ features }))[session.outputNames[0] ?? ''];
      const wanted = plainEncoder(weights, input).flat();
      expect(output?.dims).toEqual([count, 384]);
      wanted.forEach((one, at) => expect(Number(output?.data[at])).toBeCloseTo(one, 3));
    }
    await session.release();
  });
});

/**
 * Biases with which the given moves win wherever they are valid. The parser has four moves for each label, one that is never valid, and one
 * for a word outside of names.
 */
const prefer = (moves: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: labels.length * 4 + 2 }, (_, move) => moves[move] ?? -1e6);

describe('the parser for names', () => {
  const text = 'Ada Lovelace weaves.\nBob sits (here).';
  const tagged = async (upperBias: readonly number[]) => {
    const open = await pipeline(upperBias);
    const spans = await open.tag(text, labels);
    await open.release();
    return spans.map(({ label, start, end }) => `${label} ${text.slice(start, end)}`);
  };

  it('makes a name of each word except white space', async () => {
    expect(await tagged(prefer({ 7: 1e6 }))).toEqual(
      ['Ada', 'Lovelace', 'weaves', '.', 'Bob', 'sits', '(', 'here', ')', '.'].map((word) => `PERSON ${word}`),
    );
  });

  it('begins a name, continues it, and ends it at the end of the text at the latest', async () => {
    expect(await tagged(prefer({ 0: 1e6, 2: 1e6 }))).toEqual([`ORG ${text}`]);
    expect(await tagged(prefer({ 0: 1e6, 4: 1e6 }))).toEqual([
      'ORG Ada Lovelace',
      'ORG weaves.',
      'ORG Bob sits',
      'ORG (here',
      'ORG ).',
    ]);
  });

  it('finds nothing when no name begins, and only ordered spans without overlaps', async () => {
    expect(await tagged(prefer({ 9: 1e6 }))).toEqual([]);
    const open = await pipeline();
    const long = `${text} `.repeat(300);
    let last = 0;
    for (const { start, end, score } of await open.tag(long, labels)) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(end).toBeGreaterThan(start);
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThanOrEqual(1);
      last = end;
    }
    expect(last).toBeLessThanOrEqual(long.length);
    await open.release();
  });

  it('accepts a hostile text, and stops when its signal aborts', async () => {
    const open = await pipeline();
    for (const hostile of [
      '',
      ' ',
      '('.repeat(50_000),
      'a.'.repeat(25_000),
      '\u200B'.repeat(20_000),
      '\uD800'.repeat(9_999),
    ])
      expect(Array.isArray(await open.tag(hostile, labels))).toBe(true);
    const signal = AbortSignal.abort();
    await expect(open.tag(text, labels, { signal })).rejects.toMatchObject({ code: 'aborted' });
    await open.release();
  });
});

describe('files of a pipeline', () => {
  const good = tinyWeights(2, 13);
  const card = ModelCard.parse(nameCards.find(({ format }) => format === 'spacy'));
  it.each([
    ['an empty file', new Uint8Array()],
    ['a file that ends too early', good.subarray(0, good.length - 9)],
    ['a file with more after its end', Buffer.concat([good, Uint8Array.of(0)])],
    ['lists in lists without end', new Uint8Array(5_000).fill(0x91)],
    ['an extension type', Uint8Array.of(0xc7, 1, 1, 1)],
    ['a text that is not UTF-8', Uint8Array.of(0xa2, 0xff, 0xff)],
    ['a list with a huge length', Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['another model', pack(new Map([['nodes', [new Map([['name', 'softmax']])]]]))],
  ])('are refused: %s', async (_what, content) => {
    const file = write(content);
    await expect(checkFormat(card, { role: 'weights' }, file)).rejects.toMatchObject({ code: 'model_file_invalid' });
    await expect(pipeline(undefined, { weights: file })).rejects.toMatchObject({ code: 'model_file_invalid' });
  });

  it('are accepted when they are valid', async () => {
    await expect(checkFormat(card, { role: 'weights' }, write(good))).resolves.toBeUndefined();
    await expect(checkFormat(card, { role: 'tokenizer' }, write(tinyTokenizer()))).resolves.toBeUndefined();
    await expect(checkFormat(card, { role: 'tokenizer' }, write(lookups))).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
  });

  it('are refused when their card has another number of labels', async () => {
    const open = await pipeline();
    await expect(open.tag('Ada', ['PERSON'])).rejects.toMatchObject({ code: 'model_file_invalid' });
    await open.release();
  });
});
