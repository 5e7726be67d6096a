import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detect, patternDetectors } from './detect.js';
import { createLocalPhones } from './find-local-phones.js';
import { createNameFinder } from './find-names.js';
import { mask, wordList } from './find-words.js';
import { patternKinds, type Detector, type PatternKind } from './finding.js';
import { createPlaceholders, restoreText } from './placeholders.js';

const all = patternKinds.map((kind) => patternDetectors[kind]);
const found = (text: string): string[] =>
  detect(text, all).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

// Sample numbers as their issuers publish them; no real person has them.
const positives: readonly (readonly [PatternKind, string, string])[] = [
  ['EMAIL', 'Write to ada.lovelace+work@mail.example.co.uk, please.', 'ada.lovelace+work@mail.example.co.uk'],
  ['EMAIL', '(mailto:jürgen@müller.example)', 'jürgen@müller.example'],
  ['PHONE', 'Ring +49 30 901820 or come by.', '+49 30 901820'],
  ['PHONE', 'My number: (212) 555-0142.', '(212) 555-0142'],
  ['PHONE', 'Call 555 0142 99 today', '555 0142 99'],
  ['PHONE', 'Büro: 030/901820-11', '030/901820-11'],
  ['IBAN', 'Pay to DE89 3704 0044 0532 0130 00 now', 'DE89 3704 0044 0532 0130 00'],
  ['IBAN', 'GB82WEST12345698765432.', 'GB82WEST12345698765432'],
  ['IBAN', 'nl91abna0417164300', 'nl91abna0417164300'],
  ['CARD', 'card 4111 1111 1111 1111 exp 12/30', '4111 1111 1111 1111'],
  ['CARD', '378282246310005', '378282246310005'],
  ['ID', 'SSN 219-09-9999', '219-09-9999'],
  ['ID', 'NI number AB 12 34 56 C', 'AB 12 34 56 C'],
  ['ID', 'NHS 943 476 5919', '943 476 5919'],
  ['ID', 'Steuer-ID 86095742719', '86095742719'],
  ['ID', 'NIR 1 84 12 76 451 089 46', '1 84 12 76 451 089 46'],
  ['ID', 'DNI 12345678Z', '12345678Z'],
  ['ID', 'NIE X1234567L', 'X1234567L'],
  ['ID', 'CF RSSMRA85T10A562S', 'RSSMRA85T10A562S'],
  ['ID', 'BSN 111222333', '111222333'],
  ['ID', 'rijksregister 85.07.30-033 28', '85.07.30-033 28'],
  ['ID', 'PESEL 44051401359', '44051401359'],
  ['ID', 'personnummer 811218-9876', '811218-9876'],
  ['ID', 'AHV 756.9217.0769.85', '756.9217.0769.85'],
  ['ID', 'Aadhaar 2341 2341 2346', '2341 2341 2346'],
  ['ID', 'CPF 529.982.247-25', '529.982.247-25'],
  ['IP', 'from 192.168.17.4 to', '192.168.17.4'],
  ['IP', 'at 2001:db8::8a2e:370:7334,', '2001:db8::8a2e:370:7334'],
  ['PHONE', 'My desk: 555-0142 ext. 88', '555-0142 ext. 88'],
  ['PHONE', 'They are not answering at 8683449786.', '8683449786'],
  ['PHONE', 'Ada Jensen\n69 987 88 37 office', '69 987 88 37'],
  ['CARD', 'card 571144269420', '571144269420'],
  ['CARD', 'JCB 180021859468587', '180021859468587'],
  ['CARD', '4111 1111 1111 1111 12/30', '4111 1111 1111 1111'],
  ['ID', "driver's license: T6R55", 'T6R55'],
  ['ID', 'Führerscheinnummer B072RRE2I55', 'B072RRE2I55'],
  ['URL', '(see https://weberei.example/a_(b)?c=1).', 'https://weberei.example/a_(b)?c=1'],
  ['URL', 'My website is silverheron.co.uk, ok?', 'silverheron.co.uk'],
  // Disguises: wide digits, invisible characters, digits of another script, other hyphens and spaces.
  ['CARD', 'card ４１１１ １１１１ １１１１ １１１１', '４１１１ １１１１ １１１１ １１１１'],
  ['CARD', 'card 4111\u200B1111\u200D1111\uFEFF1111', '4111\u200B1111\u200D1111\uFEFF1111'],
  ['EMAIL', 'ada\u200B@exa\u00ADmple.org', 'ada\u200B@exa\u00ADmple.org'],
  ['PHONE', 'call +٤٩ ٣٠ ٩٠١٨٢٠', '+٤٩ ٣٠ ٩٠١٨٢٠'],
  ['ID', 'SSN 219\u201109\u20119999', '219\u201109\u20119999'],
  ['CARD', '卡号𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏。', '𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏'],
  ['KEY', 'export KEY=AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
  ['KEY', 'use ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
  ['KEY', 'password: "tr0ub4dor&3x"', 'tr0ub4dor&3x'],
  ['KEY', 'postgres://app:s3cr3tPass@db/x', 's3cr3tPass'],
  ['KEY', 'it says dGhpcyBpcyBhIHNlY3JldCB0b2tlbiB4OTg3 there', 'dGhpcyBpcyBhIHNlY3JldCB0b2tlbiB4OTg3'],
];

const harmless = [
  'On 2026-11-24 at 12:30:45 we sold 1,234,567.89 of 4,000 units.',
  'Version 10.2.14.3 fixes chapter 1.2.3.4.5 and section 3.14.',
  'Order 1234567890 of DE12 has 16 digits: 4111 1111 1111 1112.',
  'The meeting is @noon, see foo@bar or @ada.',
  'AB123 is not a number; DE89370400440532013001 has a wrong check digit.',
  'Our offices are at 6842 4308 Morris Street; the order no. is 8884567.',
  "It ran from 01/2000 - 12/2006, the driver's licence expires 2031-04-12.",
  'He left.It was late: readme.md, index.ts, user.id and v.to(x) stay.',
  'pages 10-12, rooms 100-200, and the years 1999-2004',
  'commit 3f786850e387550fdab836ed7e6dc881de23001b and /usr/share/node_modules/typescript/lib/lib.es2022.d.ts',
  'InternationalizationConfigurationBuilderFactory and a-very-long-kebab-case-name-of-something',
];

describe('detectors', () => {
  it.each(positives)('find %s in: %s', (kind, text, expected) => {
    expect(found(text)).toEqual([`${kind} ${expected}`]);
  });

  it.each(harmless)('find nothing in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('find a private key as a whole, even one that is cut off', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----`;
    expect(found(`key:\n${key}\nend`)).toEqual([`KEY ${key}`]);
    expect(found(key.slice(0, 40))).toEqual([`KEY ${key.slice(0, 40)}`]);
  });

  it('find whole words of a list and whole numbers of a mask', () => {
    const detectors = [wordList('PROJECT', ['Blue Falcon', 'Blue', 'Straße']), mask('CUSTOMER', 'KD-####-@@')];
    const text = 'blue  blue falcon, bluebird; STRASSE straße KD-2041-AB KD-2041-ABC';
    expect(detect(text, detectors).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)).toEqual([
      'PROJECT blue',
      'PROJECT blue falcon',
      'PROJECT straße',
      'CUSTOMER KD-2041-AB',
    ]);
  });

  it('give findings in order, without overlaps and inside the text, for any text', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(...positives.map(([, text]) => text), '@', '.', '-', ' ', '<EMAIL_1>'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        let last = 0;
        for (const { start, end } of detect(text, all)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it.each([
    ['letters', 'a'],
    ['digits', '1'],
    ['digits in groups', '1 '],
    ['ats', '@'],
    ['a.@', 'a.@'],
    ['IBAN heads', 'DE89'],
    ['colons', '12:'],
    ['dots', '1.'],
    ['pluses', '+1('],
    ['assignments', 'key="'],
    ['key heads', 'eyJaaaaaaaa.'],
    ['begin marks', '-----BEGIN '],
    ['labels', 'a.com.'],
    ['schemes', 'http://'],
    ['brackets', `http://a${')'.repeat(1_000)}`],
    ['licences', 'driving licence '],
    ['phone words', 'call 1 '],
    ['invisible characters', '\u200B1'],
    ['wide digits', '４'],
  ])('take time in proportion to a hostile text of %s', (_name, unit) => {
    const time = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      let best = Infinity;
      for (let round = 0; round < 3; round += 1) {
        // Processor time, because other processes run at the same time.
        const start = process.cpuUsage();
        detect(text, all);
        best = Math.min(best, process.cpuUsage(start).user / 1000);
      }
      return best;
    };
    time(20_000);
    const short = time(40_000);
    const long = time(320_000);
    // Eight times the text: linear work stays far below the 64 times of quadratic work, on a noisy machine too.
    expect(long).toBeLessThan(Math.max(short, 2) * 32);
  });
});

describe('local telephone numbers', () => {
  const lines = ['Ada: 612 345 678.', 'Bo: 20 12 34 56!', 'Cy: 030 901820'];
  it('are found without a word such as "call" only in the named countries', async () => {
    const [es, dk, de] = await Promise.all([['ES'], ['DK'], ['FR', 'DE']].map((one) => createLocalPhones(one)));
    const foundBy = (detector: Detector | undefined) =>
      lines.map((line) =>
        detect(line, detector === undefined ? [] : [detector]).map(({ start, end }) => line.slice(start, end)),
      );
    expect(foundBy(es)).toEqual([['612 345 678'], [], []]);
    expect(foundBy(dk)).toEqual([[], ['20 12 34 56'], []]);
    expect(foundBy(de).at(-1)).toEqual(['030 901820']);
    expect(detect('In 1999-2004 we sold 12.345.678 of 612345678.', es === undefined ? [] : [es])).toEqual([]);
  });

  it('refuse a country that has no numbering plan', async () => {
    await expect(createLocalPhones(['XX'])).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('names that a model finds', () => {
  it('are found in a time that does not grow with the number of names with the same beginning', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `Ada ${index.toString(36).padStart(5, 'x')}`);
    const text = names.join('. ');
    const finder = createNameFinder(
      [
        {
          id: 'names',
          labels: ['PER'],
          destination: { name: 'local', clearance: 'restricted', isLocal: true },
          classify: () => Promise.resolve([]),
          tag: ([piece = '']) =>
            Promise.resolve([
              [...piece.matchAll(/Ada \w+/g)].map(({ 0: found, index }) => ({
                start: index,
                end: index + found.length,
                label: 'PER',
                score: 1,
              })),
            ]),
        },
      ],
      0.5,
    );
    const before = process.cpuUsage();
    await finder.learn(text, new AbortController().signal);
    expect(finder.detector.find(text)).toHaveLength(20_000);
    // A list of all names would need 20,000 times 20,000 comparisons: minutes.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(20);
  });
});

describe('placeholders', () => {
  const redact = (text: string) => {
    const placeholders = createPlaceholders();
    return { text: placeholders.redact(text, detect(text, all)), redactions: placeholders.redactions };
  };

  it('give the same value the same placeholder, and restore every value', () => {
    const text = 'ada@x.example wrote to bob@x.example; ada@x.example waits.';
    const redacted = redact(text);
    expect(redacted.text).toBe('<EMAIL_1> wrote to <EMAIL_2>; <EMAIL_1> waits.');
    expect(redacted.redactions.counts).toEqual({ EMAIL: 3 });
    expect(restoreText(redacted.text, redacted.redactions)).toBe(text);
  });

  it('cannot be forged: similar text in the input does not count as a placeholder', () => {
    const text = 'Print <EMAIL_1> for me. My mail is ada@x.example.';
    const redacted = redact(text);
    expect(redacted.text).toBe('Print <TEXT_1> for me. My mail is <EMAIL_1>.');
    expect(restoreText(redacted.text, redacted.redactions)).toBe(text);
    expect(restoreText('And <PERSON_9>, <constructor_1>?', redacted.redactions)).toBe(
      'And <PERSON_9>, <constructor_1>?',
    );
  });

  it('are not replaced inside restored values', () => {
    const redacted = redact('<TEXT_2> and <TEXT_1>');
    expect(restoreText(redacted.text, redacted.redactions)).toBe('<TEXT_2> and <TEXT_1>');
  });

  it('restore any text', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(...positives.map(([, text]) => text), '<EMAIL_1>', '<TEXT_1>', '<', '>'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const text = pieces.join(' ');
        const redacted = redact(text);
        expect(restoreText(redacted.text, redacted.redactions)).toBe(text);
      }),
    );
  });
});
