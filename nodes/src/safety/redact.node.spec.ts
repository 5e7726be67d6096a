import { describe, expect, it } from '@jest/globals';
import { describeNode } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import fc from 'fast-check';
import { redact } from './redact.node.js';
import { detect, patternDetectors } from '../redaction/detect.js';
import { wordList } from '../redaction/find-words.js';
import { patternKinds } from '../redaction/finding.js';
import { createPlaceholders } from '../redaction/placeholders.js';
import { createRedactStream } from '../redaction/redact-stream.js';
import { restore } from './restore.node.js';

async function* streamOf(text: string, size: number): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}
const all = patternKinds.map((kind) => patternDetectors[kind]);
const samples = [
  'ada@x.example',
  '+49 30 901820',
  'DE89 3704 0044 0532 0130 00',
  '4111 1111 1111 1111',
  'NHS 943 476 5919',
  '192.168.17.4',
  'password: tr0ub4dor&3x',
  '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----',
  '<EMAIL_1>',
  'Blue Falcon',
  '69 987 88 37 office',
  '555-0142 ext. 14',
  "driver's license number is T6R55",
  'https://weberei.example/a_(b)?c=1',
  'silverheron.co.uk/about',
  '４１１１ １１１１ １１１１ １１１１',
  '4111\u200B1111 1111\u00A01111',
  'call',
];

it('finds each example that the form of the node shows', () => {
  const shown = describeNode(redact).config['properties'] as {
    readonly kinds: { readonly items: { readonly samples: Readonly<Record<string, string>> } };
  };
  const { samples: examples } = shown.kinds.items;
  expect(Object.keys(examples).sort()).toEqual([...patternKinds].sort());
  for (const kind of patternKinds)
    expect([kind, patternDetectors[kind].find(examples[kind] ?? '').length]).toEqual([kind, 1]);
});

describe('redact', () => {
  /** A model that finds the known names, but only after the word "by". */
  const names = (known: Readonly<Record<string, string>>) => ({
    id: 'names',
    labels: ['PER', 'LOC', 'ORG', 'MISC'],
    destination: { name: 'local', clearance: 'restricted', isLocal: true } as const,
    classify: async () => [],
    tag: async (texts: readonly string[]) =>
      texts.map((text) =>
        Object.entries(known).flatMap(([name, label]) => {
          const start = text.indexOf(`by ${name}`) + 3;
          return start < 3 ? [] : [{ start, end: start + name.length, label, score: label === 'MISC' ? 1 : 0.8 }];
        }),
      ),
  });

  it('removes names that a model finds, at every later position too, and restores them', async () => {
    const classifier = names({
      'Ada Jensen': 'PER',
      Ghent: 'LOC',
      Will: 'PER',
      'Silverheron Looms': 'ORG',
      Osprey: 'MISC',
    });
    const text =
      'Woven by Ada Jensen for <PERSON_1>. Ada Jensen lives by Ghent. Written by Will, who will pay: ada@x.example. Owned by Silverheron Looms, by Osprey.';
    for (const size of [1, 9, 500]) {
      const { outputs, decisions } = await runNode(redact, {
        config: { names: 'names' },
        inputs: { text: streamOf(text, size) },
        resources: { classifier },
      });
      expect(outputs['text']).toBe(
        'Woven by <PERSON_1> for <TEXT_1>. <PERSON_1> lives by <PLACE_1>. Written by <PERSON_2>, who will pay: <EMAIL_1>. Owned by <ORGANISATION_1>, by Osprey.',
      );
      expect(outputs['report']).toEqual({ PERSON: 3, PLACE: 1, EMAIL: 1, ORGANISATION: 1 });
      expect(decisions[0]?.summary).toContain('3 PERSON');
      const back = await runNode(restore, {
        inputs: { text: streamOf(String(outputs['text']), 4), redactions: outputs['redactions'] },
      });
      expect(back.outputs['text']).toBe(text);
    }
    const second = await runNode(redact, {
      config: { moreNames: 'names', kinds: [] },
      inputs: { text: 'Woven by Ada Jensen.' },
      resources: { classifier },
    });
    expect(second.outputs['text']).toBe('Woven by <PERSON_1>.');
    expect(second.declassifications[0]?.reason).toBe('Removed: names that names finds.');
    const none = await runNode(redact, {
      config: { names: 'names', namesFrom: 0.9 },
      inputs: { text: 'Woven by Ada Jensen.' },
      resources: { classifier },
    });
    expect(none.outputs['text']).toBe('Woven by Ada Jensen.');
  });

  it('refuses a model that classifies whole texts instead of finding names', async () => {
    const { tag: _tag, ...classifier } = names({});
    const run = runNode(redact, { config: { names: 'names' }, inputs: { text: 'x' }, resources: { classifier } });
    await expect(run).rejects.toMatchObject({ code: 'model_wrong_kind' });
  });

  it('removes the configured findings, declassifies the text and the report, and counts the findings', async () => {
    const text = 'Ada (ada@x.example, KD-2041) of Blue Falcon pays 4111 1111 1111 1111; ada@x.example.';
    const { outputs, declassifications, decisions } = await runNode(redact, {
      config: {
        kinds: ['EMAIL'],
        words: [{ kind: 'PROJECT', list: ['blue falcon'] }],
        masks: [{ kind: 'CUSTOMER', form: 'KD-####' }],
      },
      inputs: { text: streamOf(text, 7) },
    });
    expect(outputs['text']).toBe('Ada (<EMAIL_1>, <CUSTOMER_1>) of <PROJECT_1> pays 4111 1111 1111 1111; <EMAIL_1>.');
    expect(outputs['report']).toEqual({ EMAIL: 2, CUSTOMER: 1, PROJECT: 1 });
    expect(declassifications).toEqual(
      ['text', 'report'].map((port) => ({
        port,
        from: 'confidential',
        to: 'internal',
        reason: 'Removed: EMAIL, PROJECT, CUSTOMER.',
      })),
    );
    expect(decisions).toEqual([
      {
        kind: 'redact',
        summary: 'Removed: 2 EMAIL, 1 CUSTOMER, 1 PROJECT.',
        details: { EMAIL: 2, CUSTOMER: 1, PROJECT: 1 },
      },
    ]);
  });

  it('streams the text, but no part of a finding', async () => {
    const text = `${'So it goes on and on. '.repeat(20)}Then ada@x.example came.`;
    const { deltas, outputs } = await runNode(redact, { inputs: { text: streamOf(text, 11) } });
    expect(deltas.length).toBeGreaterThan(10);
    expect(deltas.map(({ delta }) => delta).join('')).toBe(outputs['text']);
    expect(deltas.some(({ delta }) => /ada|x\.example/.test(delta))).toBe(false);
  });

  it('redacts a stream as it would redact the whole text, however it is cut', () => {
    const piece = fc.oneof(
      fc.constantFrom(...samples),
      fc.constantFrom('and so on', 'the', '\n', '  ', 'a'.repeat(90)),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.integer({ min: 1, max: 40 }), (pieces, size) => {
        const text = pieces.join(' ');
        const detectors = [wordList('PROJECT', ['blue falcon']), ...all];
        const whole = createPlaceholders();
        const expected = whole.redact(text, detect(text, detectors));
        const placeholders = createPlaceholders();
        const stream = createRedactStream(detectors, placeholders, 80);
        let given = '';
        for (let at = 0; at < text.length; at += size) given += stream.push(text.slice(at, at + size));
        given += stream.end();
        expect(given).toBe(expected);
        expect(placeholders.redactions.values).toEqual(whole.redactions.values);
      }),
      { numRuns: 300 },
    );
  });

  it('does not hold back an endless word', async () => {
    const { outputs, deltas } = await runNode(redact, { inputs: { text: streamOf('x'.repeat(50_000), 1000) } });
    expect(outputs['text']).toBe('x'.repeat(50_000));
    expect(deltas.length).toBeGreaterThan(3);
  });

  it('finds local telephone numbers of the countries that are named', async () => {
    const found = async (countries: readonly string[]) =>
      (await runNode(redact, { config: { countries }, inputs: { text: 'Ada: 612 345 678.' } })).outputs['text'];
    expect(await found([])).toBe('Ada: 612 345 678.');
    expect(await found(['ES'])).toBe('Ada: <PHONE_1>.');
    await expect(found(['ZZ'])).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('redacts a text of a megabyte in one piece, with and without sentence ends', async () => {
    for (const unit of ['a1', '４１\u200B ', 'Ada Jensen (ada@x.example) pays 4111 1111 1111 1111. ']) {
      const text = unit.repeat(1_000_000 / unit.length);
      const { outputs } = await runNode(redact, { inputs: { text } });
      expect(String(outputs['text'])).not.toContain('ada@x.example');
    }
  });

  it('refuses settings that remove nothing', async () => {
    await expect(runNode(redact, { config: { kinds: [] }, inputs: { text: streamOf('a', 1) } })).rejects.toThrow(
      'Nothing is removed.',
    );
  });
});

describe('restore', () => {
  const redactions = { values: { '<EMAIL_1>': 'ada@x.example', '<NAME_12>': 'Ada' }, counts: {} };

  it('restores values, however the stream cuts the placeholders', async () => {
    const text = 'Dear <NAME_12>, <EMAIL_1> is < 5 and <EMAIL_2> <NAME_12';
    for (let size = 1; size < 14; size += 1) {
      const { outputs } = await runNode(restore, { inputs: { text: streamOf(text, size), redactions } });
      expect(outputs['text']).toBe('Dear Ada, ada@x.example is < 5 and <EMAIL_2> <NAME_12');
    }
  });

  it('refuses redactions that no redact node made', async () => {
    for (const wrong of [{}, { values: { a: 1 } }, 'x'])
      await expect(runNode(restore, { inputs: { text: streamOf('a', 1), redactions: wrong } })).rejects.toMatchObject({
        code: 'redaction_unknown',
      });
  });
});
