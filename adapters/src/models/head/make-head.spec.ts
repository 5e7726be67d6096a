import { describe, expect, it } from '@jest/globals';
import { createFakeEmbedder } from '@heddle/core/testing';
import { createHeadClassifier, headCard } from './head-classifier.js';
import { HeadFile } from './head-file.js';
import { makeHead } from './make-head.js';

const embedder = createFakeEmbedder({ id: 'words', dimensions: 64 });
const nouns = ['loom', 'yarn', 'shuttle', 'bobbin', 'weft', 'warp', 'thread', 'spindle'];
const line = (text: string, ...labels: readonly string[]): string => JSON.stringify({ text, labels });
const data = nouns
  .flatMap((noun) => [
    line(`You stupid ${noun} of a person`, 'insult'),
    line(`Buy a cheap ${noun} now`, 'spam'),
    line(`Buy a cheap ${noun} now you stupid person`, 'insult', 'spam'),
    line(`The ${noun} stands in the hall`),
  ])
  .join('\n');

describe('a classifier head', () => {
  it('learns several labels per text, and is measured on texts that it was not trained on', async () => {
    const head = await makeHead(data, embedder);
    expect(HeadFile.parse(JSON.parse(JSON.stringify(head)))).toEqual(head);
    expect(head.labels).toEqual(['insult', 'spam']);
    const { measured } = head;
    expect(measured).toMatchObject({ folds: 5, texts: 32, baseline: 0.25 });
    expect(measured?.exact).toBeGreaterThan(0.8);
    for (const label of measured?.labels ?? []) {
      expect(label.texts).toBe(16);
      expect(label.f1).toBeGreaterThan(0.85);
    }
    const classifier = createHeadClassifier(headCard('rude', head, '/x', ['en']), head, embedder);
    const [rude = {}, plain = {}] = await classifier.classify(['You stupid loom', 'The hall stands'], {});
    expect(rude['insult']).toBeGreaterThan(0.5);
    expect(rude['spam']).toBeLessThan(0.5);
    expect(Math.max(...Object.values(plain))).toBeLessThan(0.5);
  });

  it('measures no skill when the labels do not depend on the text', async () => {
    const noise = Array.from({ length: 60 }, (_, index) =>
      line(`number ${index * 7919} of ${(index * 104_729) % 997}`, ...(((index * 31) >> 2) % 2 === 0 ? ['odd'] : [])),
    ).join('\n');
    const { measured } = await makeHead(noise, embedder);
    expect(measured?.exact).toBeLessThan(0.75);
  });

  it('leaves a text out for a label that is unknown for it, in training and in measuring', async () => {
    // More insults are marked as unknown: if they counted as absent, they would spoil the label.
    const more = ['needle', 'cloth', 'beam', 'reed', 'heddle', 'pirn', 'selvedge', 'dye'].map(
      (noun) => `You stupid ${noun} of a person`,
    );
    const withUnknown = [...more.map((text) => JSON.stringify({ text, labels: [], unknown: ['insult'] })), data].join(
      '\n',
    );
    const withWrong = [...more.map((text) => line(text)), data].join('\n');
    const insultOf = async (jsonl: string) =>
      (await makeHead(jsonl, embedder)).measured?.labels.find(({ label }) => label === 'insult');
    const known = await insultOf(withUnknown);
    const wrong = await insultOf(withWrong);
    expect(known).toMatchObject({ texts: 16, known: 32 });
    expect(wrong).toMatchObject({ texts: 16, known: 40 });
    expect(known?.f1 ?? 0).toBeGreaterThan(0.9);
    expect(wrong?.f1 ?? 1).toBeLessThan(known?.f1 ?? 0);
  });

  it('gives calibrated probabilities for a rare label, and the best threshold', async () => {
    // One in ten of the texts with the word has the label, and no other text: 0.1 is the true probability.
    const rare = Array.from({ length: 400 }, (_, index) =>
      index % 2 === 0 ? line(`bobbin ${index}`, ...(index % 20 === 0 ? ['rare'] : [])) : line(`the hall ${index}`),
    ).join('\n');
    const head = await makeHead(rare, embedder);
    const classifier = createHeadClassifier(headCard('rare', head, '/x', []), head, embedder);
    const scores = await classifier.classify(
      Array.from({ length: 50 }, (_, index) => `bobbin ${1_000 + index}`),
      {},
    );
    const mean = scores.reduce((sum, { rare: score = 0 }) => sum + score, 0) / scores.length;
    expect(mean).toBeGreaterThan(0.05);
    expect(mean).toBeLessThan(0.2);
    expect(head.measured?.exact).toBeGreaterThan(0.94);
    const [measure] = head.measured?.labels ?? [];
    expect(measure?.threshold).toBeLessThan(0.3);
    expect(measure?.averagePrecision).toBeGreaterThan(0.04);
  });

  it('is the same for the same data', async () => {
    expect(await makeHead(data, embedder)).toEqual(await makeHead(data, embedder));
  });

  it.each([
    ['a line that is no JSON', `${data}\nnothing`, /Line 33/],
    ['a line without labels', `${line('a')}\n{"text":"b"}`, /Line 2/],
    [
      'a label that is there and unknown',
      `${data}\n{"text":"b","labels":["spam"],"unknown":["spam"]}`,
      /also lists it as unknown/,
    ],
    ['no label at all', [1, 2, 3, 4, 5].map((n) => line(`t${n}`)).join('\n'), /No example has a label/],
    ['too few texts of a label', `${data}\n${line('x', 'rare')}`, /rare/],
    ['no text without the label', nouns.map((noun) => line(noun, 'all')).join('\n'), /without the label/],
    ['the same text again and again', Array.from({ length: 20 }, () => line('x', 'a')).join('\n'), /Only 1/],
  ])('refuses %s, with the location', async (_what, jsonl, message) => {
    await expect(makeHead(jsonl, embedder)).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(message),
    });
  });

  it('refuses another embedding model than in its training, and weights that do not fit', async () => {
    const head = await makeHead(data, embedder);
    const other = createFakeEmbedder({ id: 'other', dimensions: 64 });
    expect(() => createHeadClassifier(headCard('rude', head, '/x', []), head, other)).toThrow(
      expect.objectContaining({ code: 'model_file_invalid' }),
    );
    expect(HeadFile.safeParse({ ...head, bias: [0] }).success).toBe(false);
  });
});
