import { analyse } from 'chardet';
import iconv from 'iconv-lite';

const sampleBytes = 4096;
/** With fewer bytes, only chance would distinguish old encodings. */
const enoughBytes = 16;
const wide: readonly (readonly [name: string, encoding: string, unit: number])[] = [
  ['UTF-32', 'utf-32le', 4],
  ['UTF-32', 'utf-32be', 4],
  ['UTF-16', 'utf-16le', 2],
  ['UTF-16', 'utf-16be', 2],
];
/** Control characters and unassigned code points. */
const strangeSigns = /[\p{Cn}\p{Co}\p{Cs}\ufffd]|(?![\t\n\f\r])\p{Cc}/u;
/** Scripts that occur together. Text with Latin letters and more than one of these groups is not text. */
const alphabets: readonly RegExp[] = [
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Devanagari}/u,
];
const anyLetter = /\p{L}/u;
const everyday = /[A-Za-z \n,.\u3000-\u3002\uff01\uff0c]/u;

/**
 * Guesses the encoding of bytes that are not UTF-8, for messages to the sender; undefined if nothing suggests text. The guess is never used
 * to read the bytes.
 *
 * @example guessEncoding(iconv.encode('Привет, мир!', 'utf-16le')) // 'UTF-16 without a byte order mark'
 */
export function guessEncoding(bytes: Uint8Array): string | undefined {
  const sample = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, sampleBytes) & ~3 || bytes.length);
  for (const [name, encoding, unit] of wide)
    if (bytes.length % unit === 0 && isOneLanguage(iconv.decode(sample, encoding)))
      return `${name} without a byte order mark`;
  if (sample.some((byte) => byte === 127 || (byte < 32 && ![9, 10, 12, 13, 27].includes(byte)))) return undefined;
  const [first] = bytes.length < enoughBytes ? [] : analyse(sample);
  if (first === undefined || first.confidence < 5) return undefined;
  if (first.name === 'UTF-8') return 'UTF-8 with damaged places';
  return first.name === 'ISO-8859-1' ? 'windows-1252' : first.name;
}

/** Whether a text has letters of at most one group besides Latin ones, and a character that every text has. */
function isOneLanguage(text: string): boolean {
  if (strangeSigns.test(text) || !anyLetter.test(text) || !everyday.test(text)) return false;
  const letters = text.match(/(?!\p{Script=Latin})\p{L}/gu) ?? [];
  const used = alphabets.filter((alphabet) => alphabet.test(text));
  return used.length <= 1 && letters.every((letter) => used[0]?.test(letter) ?? false);
}
