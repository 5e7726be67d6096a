import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import iconv from 'iconv-lite';
import { decodeText } from './decode-text.js';
import { guessEncoding } from './guess-encoding.js';

const refusal = (bytes: readonly number[] | Uint8Array): string | undefined => {
  try {
    decodeText(Uint8Array.from(bytes));
    return undefined;
  } catch (error) {
    return error instanceof HeddleError ? error.code : String(error);
  }
};

/** Random bytes from a seed (xorshift). */
function randomBytes(length: number, seed: number): Uint8Array {
  let state = seed * 2_654_435_761 || 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 255;
  });
}

describe('decodeText', () => {
  it.each([
    ['four bytes with zeros', [0x41, 0, 0x42, 0]],
    ['two small numbers', [1, 0, 2, 0]],
    ['ten small numbers of two bytes', [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0]],
    ['numbers that would be signs, one of which is none', [...Array.from({ length: 9 }, () => [0x61, 0]).flat(), 1, 0]],
    ['four bytes without zeros', [0x8a, 0xe3, 0x41, 0xf0]],
    ['an odd number of bytes with zeros', [...Array.from({ length: 9 }, () => [0x61, 0]).flat(), 0x61]],
    [
      'a long table of small numbers',
      Array.from({ length: 400 }, (_none, index) => (index % 2 === 0 ? 1 + (index % 29) : 0)),
    ],
  ])('refuses %s as not text', (_what, bytes) => {
    expect(refusal(bytes)).toBe('document_type');
  });

  it.each([2, 4, 8, 20, 40])('reads hardly any %i random bytes as text', (length) => {
    const taken = Array.from({ length: 1000 }, (_none, seed) => randomBytes(length, seed + 1)).filter(
      (bytes) => refusal(bytes) === undefined && !isUtf8(bytes),
    );
    expect(taken.length).toBeLessThan(length === 2 ? 160 : 90);
  });

  it.each([
    [
      'windows-1252',
      [
        'Grüße',
        'für',
        'Ñuñoa',
        '20 °C',
        '50 €',
        'à bientôt',
        'l’été',
        '«Oui»',
        'GRÖSSE',
        'Müller; Straße 5',
        '1ère fois',
      ],
    ],
    ['windows-1251', ['Привет, мир', 'Привет']],
    ['koi8-r', ['Привет, мир']],
    ['windows-1253', ['Γειά σου']],
    ['utf-16le', ['Hello, world', 'Grüße an alle', '{"a": 1, "b": 2}']],
    ['utf-16be', ['Hello, world']],
    ['utf-8', ['é', '日本', 'ÄÖÜ', '🙂']],
  ])('reads short texts in %s', (encoding, texts) => {
    expect(texts.map((text) => decodeText(iconv.encode(text, encoding, { addBOM: false })))).toEqual(texts);
  });

  it('follows a byte order mark, however short the text is', () => {
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'])
      expect(decodeText(iconv.encode('a', encoding, { addBOM: true }))).toBe('a');
  });

  it.each([
    ['utf-16le', 'Привет, мир! Это короткий текст.', 'UTF-16 without a byte order mark'],
    ['utf-16be', 'Καλημέρα κόσμε.', 'UTF-16 without a byte order mark'],
    ['utf-16le', '你好，世界。这是一个测试文件。', 'UTF-16 without a byte order mark'],
    ['utf-16be', 'こんにちは、世界。これはテストです。', 'UTF-16 without a byte order mark'],
    ['utf-32le', 'Hello, world.', 'UTF-32 without a byte order mark'],
    ['shift_jis', 'こんにちは世界。これはテストです。', 'Shift_JIS'],
  ])('names the likely encoding of a text in %s that it refuses: %s', (encoding, text, name) => {
    const bytes = iconv.encode(text, encoding, { addBOM: false });
    expect(() => decodeText(bytes)).toThrow(
      `The content seems to be text in ${name}, which cannot be determined: save it as UTF-8.`,
    );
  });

  it('names an encoding for hardly any random bytes', () => {
    for (const length of [40, 64, 400]) {
      const seen = Array.from({ length: 500 }, (_none, seed) => guessEncoding(randomBytes(length, seed + 1)));
      expect(seen.filter((encoding) => encoding !== undefined).length).toBeLessThan(10);
    }
    expect(guessEncoding(Buffer.from('Gr\xfc', 'latin1'))).toBeUndefined();
  });
});

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
