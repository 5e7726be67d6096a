import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runInterleaved } from '../../testing/pieces.js';
import { countJson, mostValues } from './json-bounds.js';
import { parseJson, parseJsonSteps } from './parse-json.js';
import { readJson } from './read-json.js';
import { runThrough, type Steps } from '../steps.js';

/** The outcome of a reader: the value, `no JSON` for a syntax error, or another error. */
const outcome = (read: () => unknown): unknown => {
  try {
    return { value: read() };
  } catch (error) {
    return error instanceof SyntaxError ? 'no JSON' : error;
  }
};
const slicesOf = (steps: Steps<unknown>): number => {
  let ticks = 0;
  while (steps.next().done !== true) ticks += 1;
  return ticks;
};
const codeOf = (text: string, most: number = mostValues.usual): unknown => {
  try {
    parseJson(text, most);
    return 'none';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('readJson', () => {
  it('reads a very long string in pieces, wherever its escapes are', () => {
    for (const part of ['x', '\\u0041', '\\n', '\\"', '\\\\', 'a\\ud83d\\ude00b', '漢\\u00e9\\\\\\u0022'])
      for (const before of ['', 'a', 'ab\\t']) {
        const text = `{"a":["${before}${part.repeat(Math.ceil(2_500_000 / part.length))}"]}`;
        // A difference must not print megabytes.
        expect([part, JSON.stringify(runThrough(readJson(text))) === JSON.stringify(JSON.parse(text))]).toEqual([
          part,
          true,
        ]);
        expect(slicesOf(parseJsonSteps(text, mostValues.usual))).toBeGreaterThan(1);
        for (const broken of ['\\u12', '\\x', '\\u12"', '\n']) {
          const refused = text.replace('"]}', `${broken}"]}`);
          expect(() => runThrough(readJson(refused))).toThrow(SyntaxError);
        }
      }
  });

  it('reads every JSON text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
        const spaced = space + text.replaceAll(/([{}[\],:])(?=(?:[^"]*"[^"]*")*[^"]*$)/g, `$1${space}`);
        expect(outcome(() => runThrough(readJson(spaced)))).toEqual(outcome(() => JSON.parse(spaced)));
      }),
    );
  });

  it('refuses the same texts as JSON.parse after a random change', () => {
    const sign = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '0', '-', '.', 'e', 't', 'u', '\u0000', ' ');
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.nat(2), sign, (text, position, taken, added) => {
        const at = position % (text.length + 1);
        const changed = text.slice(0, at) + added + text.slice(at + taken);
        const ours = outcome(() => runThrough(readJson(changed)));
        // JSON.parse reads a number that is too large as infinity.
        if (ours instanceof Error) expect(changed).toMatch(/\d[eE]\+?\d{3}|\d{309}/);
        else expect(ours).toEqual(outcome(() => JSON.parse(changed)));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '',
    ' ',
    '-',
    '01',
    '1.',
    '.5',
    '1e',
    '-0',
    '[1,]',
    '{"a":1,}',
    '[,1]',
    '{,}',
    '[1 2]',
    '{"a" 1}',
    '{a:1}',
    'nul',
    'true false',
    '"\\x"',
    '"\\u12"',
    '"\\ud800"',
    '"a\nb"',
    '"a',
    '"a\\',
    '[1',
    '{"a":1',
    ']',
    '{"__proto__":{"polluted":1}}',
    '{"a":1,"a":2}',
    '{"2":1,"1":2}',
    '\ufeff1',
    '"\u2028"',
  ])('treats %j as JSON.parse does', (text) => {
    const ours = outcome(() => runThrough(readJson(text)));
    const theirs = outcome((): unknown => JSON.parse(text));
    expect(ours).toEqual(theirs);
    expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
  });

  it('makes no prototype from a member', () => {
    const value = runThrough(readJson('{"__proto__":{"polluted":1}}')) as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value['polluted']).toBeUndefined();
    expect(Object.keys(value)).toEqual(['__proto__']);
  });
});

describe('parseJson', () => {
  it('accepts the maximum number of values, and not one more', () => {
    const list = (count: number): string => `[${Array.from({ length: count }, () => '1').join(',')}]`;
    const members = (count: number): string =>
      `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`;
    const halves = (count: number): string => `[${members(10_000)},${members(count)}]`;
    for (const text of [list(20_000), halves(9_997)]) expect(codeOf(text)).toBe('none');
    for (const text of [list(20_001), halves(9_999)]) expect(codeOf(text)).toBe('body_too_complex');
  });

  it('accepts at most 10,000 members of one object, whatever the limit of all values', () => {
    const object = (count: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1])));
    expect(codeOf(`[${object(10_000)},${object(10_000)}]`, mostValues.inputs)).toBe('none');
    expect(codeOf(`[${object(10_000)},{"a":${object(10_001)}}]`, mostValues.inputs)).toBe('body_too_complex');
  });

  it('counts nothing inside strings, however they are escaped', () => {
    const text = JSON.stringify(['[{,:'.repeat(50_000), '\\"[,', '"', '\\']);
    expect(codeOf(text, 5)).toBe('none');
    expect(codeOf('["\\\\",1,2]', 3)).toBe('none');
    expect(codeOf('["\\\\",1,2]', 2)).toBe('body_too_complex');
  });

  it('refuses more than 500 levels and names above 4,096 characters, but no other long text', () => {
    expect(codeOf(`${'['.repeat(500)}${']'.repeat(500)}`)).toBe('none');
    expect(codeOf(`${'['.repeat(501)}${']'.repeat(501)}`)).toBe('bad_json');
    const long = 'x'.repeat(4_096);
    expect(codeOf(JSON.stringify({ [long]: `${long}${long}` }))).toBe('none');
    expect(codeOf(JSON.stringify({ [`${long}x`]: 1 }))).toBe('body_too_complex');
  });

  it('refuses only numbers that are too large', () => {
    for (const text of ['1e999', '[-1E+400]', `{"a":[{"b":${'9'.repeat(400)}}]}`, `[${'1,'.repeat(15_000)}1e999]`])
      expect([text.slice(0, 20), codeOf(text)]).toEqual([text.slice(0, 20), 'bad_json']);
    for (const text of ['1e308', '[1e-999,0.1e5,true]', '"1e999"', '{"1e999":1}', `[0.${'1'.repeat(400)}]`, '-0'])
      expect([text, codeOf(text)]).toEqual([text, 'none']);
  });

  it('refuses too many values before it reads the rest', () => {
    expect(codeOf(`[${'1,'.repeat(20_001)}what is no JSON`)).toBe('body_too_complex');
  });
});

describe('parseJsonSteps', () => {
  it('gives the same values as JSON.parse, in many pieces for many values', () => {
    const many = JSON.stringify(Array.from({ length: 30_000 }, (_, index) => ({ id: `d${index}`, text: 'x\n"é"' })));
    expect(runThrough(parseJsonSteps(many, mostValues.large))).toEqual(JSON.parse(many));
    expect(slicesOf(parseJsonSteps(many, mostValues.large))).toBeGreaterThan(20);
    expect(slicesOf(parseJsonSteps('{"a":[1,2]}', mostValues.usual))).toBe(0);
    expect(slicesOf(parseJsonSteps(JSON.stringify('x'.repeat(9_000_000)), mostValues.usual))).toBeGreaterThan(1);
  });

  it('refuses what parseJson refuses, with the same code', () => {
    const text = fc.oneof(
      fc.json({ maxDepth: 5 }),
      fc.constantFrom(
        '1e999',
        '{"a":',
        '[1,]',
        '',
        `${'['.repeat(501)}${']'.repeat(501)}`,
        `{"${'n'.repeat(5_000)}":1}`,
      ),
    );
    const most = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), most, (parts, values) => {
        const json = parts.length === 1 ? (parts[0] ?? '') : `[${parts.join(',')}]`;
        expect(outcome(() => runThrough(parseJsonSteps(json, values)))).toEqual(outcome(() => parseJson(json, values)));
      }),
    );
    const many = (last: string): string => `[${'{"a":[1,"x"]},'.repeat(8_000)}${last}]`;
    for (const last of ['1', '1e999', 'x', '"', '{"a":1}}'])
      expect(outcome(() => runThrough(parseJsonSteps(many(last), mostValues.large)))).toEqual(
        outcome(() => (last === '1e999' ? parseJson(last, 1) : JSON.parse(many(last)))),
      );
  });

  it('pauses after every 2,000 values and every two million characters', () => {
    const values = (count: number): string => `[${'1,'.repeat(count - 1)}1]`;
    for (const count of [20_000, 399_000])
      expect(slicesOf(parseJsonSteps(values(count), mostValues.large))).toBeGreaterThanOrEqual(count / 2_000 - 1);
    const texts = JSON.stringify(Array.from({ length: 10 }, () => 'x'.repeat(1_000_000)));
    expect(slicesOf(countJson(texts, 100))).toBeGreaterThanOrEqual(4);
    // The end of a plain text is found much faster than the end of a text with many escapes.
    expect(slicesOf(countJson(JSON.stringify('\n'.repeat(4_500_000)), 1))).toBeGreaterThanOrEqual(2);
    expect(slicesOf(countJson(' '.repeat(9_000_000), 1))).toBeGreaterThanOrEqual(4);
  });

  it('reads several texts at the same time', () => {
    const texts = ['{"a":[1,"x\\n"]}', '[true,null]', '"é"'].map((item) => `[${`${item},`.repeat(9_000)}1]`);
    expect(runInterleaved(texts.map((text) => parseJsonSteps(text, mostValues.large)))).toEqual(
      texts.map((text): unknown => JSON.parse(text)),
    );
  });
});
