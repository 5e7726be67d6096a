import { describe, expect, it } from '@jest/globals';
import { labelOf, type Classifier } from '@heddle/core';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import fc from 'fast-check';
import { moderate } from './moderate.node.js';
import { readGuardAnswer } from '../moderation/judge.js';
import { normalise } from '../moderation/normalise.js';
import { createSentenceStream } from '../moderation/sentence-stream.js';
import { wordRule } from '../moderation/word-rules.js';

const words = (action: string) => ({ words: [{ category: 'insult', list: ['stupid fool', 'numbskull*'], action }] });
const text = 'The loom hums. You stupid fool. It is late.';

/** A text in pieces that records how much of it was read, and whether its reader left. */
function writing(whole: string, size = 5) {
  const record = { read: 0, wasLeft: true };
  const pieces = async function* () {
    try {
      for (let at = 0; at < whole.length; at += size) {
        record.read = at + size;
        yield await Promise.resolve(whole.slice(at, at + size));
      }
      record.wasLeft = false;
    } finally {
      record.read = Math.min(record.read, whole.length);
    }
  };
  return { record, stream: pieces() };
}

describe('moderate', () => {
  it('passes on each sentence once it is judged, and reads no further when it stops', async () => {
    const source = writing(`${text} ${'More and more. '.repeat(50)}`);
    const run = await runNode(moderate, {
      config: { ...words('block'), message: '[stopped]' },
      inputs: { text: source.stream },
    });
    expect(run.outputs['text']).toBe('The loom hums.[stopped]');
    expect(run.deltas.some(({ delta }) => delta.includes('stupid'))).toBe(false);
    expect(source.record.wasLeft).toBe(true);
    expect(source.record.read).toBeLessThan(60);
    expect(run.outputs['verdict']).toMatchObject({ isStopped: true, found: [{ category: 'insult', judge: 'rules' }] });
    expect(run.decisions).toMatchObject([{ kind: 'moderate', summary: 'Stopped: insult.' }]);
  });

  it('removes, records, routes and fails as configured for the category', async () => {
    const outputs = async (action: string, more = {}) =>
      (await runNode(moderate, { config: { ...words(action), ...more }, inputs: { text: writing(text).stream } }))
        .outputs;
    expect((await outputs('redact'))['text']).toBe('The loom hums. It is late.');
    expect((await outputs('flag'))['text']).toBe(text);
    expect(await outputs('route')).toMatchObject({ text: 'The loom hums.', blocked: { action: 'route' } });
    await expect(outputs('block', { fails: true })).rejects.toMatchObject({ code: 'moderation_blocked' });
  });

  it('finds personal data by its kind: numbers by pattern, names by a model', async () => {
    const mail = 'The loom hums. Ada Jensen wrote it. Call 030 901820. Acme pays.';
    const names = {
      id: 'names',
      labels: ['PER', 'ORG'],
      destination: { name: 'local', clearance: 'restricted', isLocal: true } as const,
      classify: () => Promise.resolve([]),
      tag: async (texts: readonly string[]) =>
        texts.map((one) =>
          ['Ada Jensen', 'Acme'].flatMap((name) => {
            const start = one.indexOf(name);
            const label = name === 'Acme' ? 'ORG' : 'PER';
            return start < 0 ? [] : [{ start, end: start + name.length, label, score: 0.9 }];
          }),
        ),
    };
    const moderated = (config: Readonly<Record<string, unknown>>, classifier: Classifier = names) =>
      runNode(moderate, { config, inputs: { text: writing(mail).stream }, resources: { classifier } });
    const personal = [
      { kind: 'PHONE', action: 'redact' },
      { kind: 'PERSON', action: 'flag' },
    ];
    const { outputs } = await moderated({ personal, names: 'names' });
    expect(outputs['text']).toBe('The loom hums. Ada Jensen wrote it. Acme pays.');
    expect(outputs['verdict']).toMatchObject({
      found: [{ category: 'PERSON', judge: 'personal data' }, { category: 'PHONE' }],
    });
    const strict = await moderated({ personal, names: 'names', namesFrom: 0.95 });
    expect(strict.outputs['verdict']).toMatchObject({ found: [{ category: 'PHONE' }] });
    await expect(moderated({ personal })).rejects.toThrow('People, locations and organisations have no pattern.');
    const { tag: _tag, ...sorter } = names;
    await expect(moderated({ personal, names: 'names' }, sorter)).rejects.toMatchObject({ code: 'model_wrong_kind' });
  });

  it('asks a person and holds the rest back until the answer', async () => {
    const ask = (pass: boolean) =>
      runNode(moderate, {
        config: words('ask'),
        inputs: { text: writing(text).stream },
        answers: { moderate: { type: 'answered', value: { pass } } },
        label: labelOf('confidential'),
      });
    expect((await ask(true)).outputs['text']).toBe(text);
    expect((await ask(true)).requests[0]?.question).toMatchObject({ details: { label: { level: 'confidential' } } });
    expect((await ask(false)).outputs['text']).toBe('The loom hums.');
  });

  it('applies thresholds to a classifier, and every category of a guard model', async () => {
    const classifier = {
      id: 'far/moderation',
      labels: ['violence'],
      destination: { name: 'far', clearance: 'internal', isLocal: false } as const,
      classify: async (texts: readonly string[]) =>
        texts.map((one) => ({ violence: one.includes('fool') ? 0.8 : 0.1, other: 1 })),
    };
    const judged = async (threshold: number) =>
      (
        await runNode(moderate, {
          config: { classifier: 'far/moderation', categories: [{ category: 'violence', threshold, action: 'redact' }] },
          inputs: { text: writing(text).stream },
          resources: { classifier },
        })
      ).outputs['text'];
    expect(await judged(0.7)).toBe('The loom hums. It is late.');
    expect(await judged(0.9)).toBe(text);
    const guard = (...answers: readonly string[]) =>
      runNode(moderate, {
        config: { guard: 'guard' },
        inputs: { text: writing(text).stream },
        resources: { languageModel: createFakeLanguageModel(answers, { id: 'guard' }) },
      });
    expect((await guard('safe', 'unsafe\nS10')).outputs).toMatchObject({
      text: 'The loom hums.',
      verdict: { found: [{ category: 'S10' }] },
    });
    await expect(guard('Sure, here you go')).rejects.toMatchObject({ code: 'moderation_blocked' });
  });

  it.each([
    ['safe', []],
    ['Safe\n', []],
    ['unsafe\nS1,S10', ['S1', 'S10']],
    ['unsafe S2', ['S2']],
    ['unsafe', ['unsafe']],
    ['Safety: Safe\nCategories: None', []],
    ['Safety: Unsafe\nCategories: Violent, PII', ['Violent', 'PII']],
    ['Safety: Controversial\nCategories: None', ['unsafe']],
    ['Yes', ['unsafe']],
    ['No\n<confidence> High </confidence>', []],
  ])('reads the answer of a guard model: %j', (answer, categories) => {
    expect(readGuardAnswer(answer, 'g').map(({ category }) => category)).toEqual(categories);
  });

  it.each(['', 'No, I cannot judge that.', 'The text is safe', 'unsafely'])(
    'blocks a text that a guard model did not judge: %j',
    (answer) => {
      expect(() => readGuardAnswer(answer, 'g')).toThrow(expect.objectContaining({ code: 'moderation_blocked' }));
    },
  );

  it('applies the action of each category, and the strictest of several', async () => {
    const scores: Readonly<Record<string, Record<string, number>>> = {
      'One.': { hate: 0.9 },
      'Two.': { spam: 0.9 },
      'Three.': { spam: 0.9, hate: 0.9 },
      'Four.': { other: 1 },
    };
    const classifier = {
      id: 'c',
      labels: ['hate', 'spam'],
      destination: { name: 'local', clearance: 'restricted', isLocal: true } as const,
      classify: async (texts: readonly string[]) => texts.map((one) => scores[one.trim()] ?? {}),
    };
    const outputs = async (hate: string, spam: string, sentences: string) =>
      (
        await runNode(moderate, {
          config: {
            classifier: 'c',
            categories: [
              { category: 'hate', action: hate },
              { category: 'spam', action: spam },
            ],
          },
          inputs: { text: writing(sentences).stream },
          resources: { classifier },
          answers: { moderate: { type: 'answered', value: { pass: true } } },
        })
      ).outputs;
    expect(await outputs('redact', 'flag', 'One. Two. Four.')).toMatchObject({ text: ' Two. Four.' });
    expect(await outputs('block', 'flag', 'Two. Three. Four.')).toMatchObject({ text: 'Two.' });
    expect(await outputs('route', 'ask', 'Two. Three. Four.')).toMatchObject({ blocked: { action: 'route' } });
    expect(await outputs('flag', 'ask', 'Four. Two. One.')).toMatchObject({ text: 'Four. Two. One.' });
  });

  it('finds disguised words, and only whole words', () => {
    const rule = wordRule('insult', ['stupid fool', 'numbskull*']);
    for (const disguised of [
      'STUPID  FOOL',
      'stup1d f00l',
      's.t.u.p.i.d fool',
      's t u p i d fool',
      'ѕtuріd fооl',
      'stúpid fóól',
      'stu\u200bpid fool',
      'stuuuupid fooool!',
      'numbskulls',
    ])
      expect([disguised, rule.find(disguised)]).not.toEqual([disguised, undefined]);
    for (const disguised of ['You are a s t u p i d f o o l.', 's t u p i d f o o l', 'I n u m b s k u l l s'])
      expect([disguised, rule.find(disguised)]).not.toEqual([disguised, undefined]);
    expect(wordRule('insult', ['fool']).find('You are a f o o l and an idiot.')).toBe('fool');
    expect(wordRule('insult', ['ass']).find('p a s s w o r d, b a s s')).toBeUndefined();
    for (const harmless of ['stupid. Foolish', 'a fool', 'I am a b c', '1 5 7', 'foolproof'])
      expect(rule.find(harmless)).toBeUndefined();
    expect(normalise('Y0u  ѕ.t.u.p.i.d  FÓÓL')).toBe(' you stupid fool ');
  });

  it('cuts any text into sentences that join to it again, and holds back at most 800 characters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('. ', 'It rains.', '!\n', 'x'.repeat(900)))),
        fc.nat(30),
        (parts, size) => {
          const whole = parts.join('');
          const sentences = createSentenceStream();
          let given = '';
          for (let at = 0; at < whole.length; at += size + 1) {
            given += sentences.push(whole.slice(at, at + size + 1)).join('');
            expect(Math.min(whole.length, at + size + 1) - given.length).toBeLessThanOrEqual(800);
          }
          expect(given + sentences.end().join('')).toBe(whole);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('cuts a hostile text of 400,000 characters within ten seconds', () => {
    for (const hostile of ['.'.repeat(400_000), 'a '.repeat(200_000), '. '.repeat(200_000), 'x'.repeat(400_000)]) {
      const started = performance.now();
      const sentences = createSentenceStream();
      expect([...sentences.push(hostile), ...sentences.end()].join('')).toBe(hostile);
      expect(performance.now() - started).toBeLessThan(10_000);
    }
  });
});
