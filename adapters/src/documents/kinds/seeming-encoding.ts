import { analyse } from 'chardet';
import iconv from 'iconv-lite';

const sampleBytes = 4096;
/** Fewer bytes tell one old encoding from another by chance. */
const enoughBytes = 16;
const wide: readonly (readonly [name: string, encoding: string, unit: number])[] = [
  ['UTF-32', 'utf-32le', 4],
  ['UTF-32', 'utf-32be', 4],
  ['UTF-16', 'utf-16le', 2],
  ['UTF-16', 'utf-16be', 2],
];
/** Controls, and what no alphabet has. */
const strangeSigns = /[\p{Cn}\p{Co}\p{Cs}\ufffd]|(?![\t\n\f\r])\p{Cc}/u;
/** What is written together: a text that mixes more than Latin and one of these is none. */
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
 * How bytes that are not UTF-8 seem to be encoded, for messages to who sent them; undefined where nothing speaks for text. It is a guess:
 * nothing is read by it.
 *
 * @example seemingEncoding(iconv.encode('Привет, мир!', 'utf-16le')) // 'UTF-16 without a byte order mark'
 */
export function seemingEncoding(bytes: Uint8Array): string | undefined {
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

/** Letters of one alphabet besides Latin ones, and something that every text has. */
function isOneLanguage(text: string): boolean {
  if (strangeSigns.test(text) || !anyLetter.test(text) || !everyday.test(text)) return false;
  const letters = text.match(/(?!\p{Script=Latin})\p{L}/gu) ?? [];
  const used = alphabets.filter((alphabet) => alphabet.test(text));
  return used.length <= 1 && letters.every((letter) => used[0]?.test(letter) ?? false);
}
