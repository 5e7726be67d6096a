import { type LoadedTokenizer } from './load-tokenizer.js';

type Span = readonly [start: number, end: number];

/** A piece of the text after the tokenizer's normalisation, and its position in the text. */
interface Unit {
  readonly normal: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The start and end of each token of a text. The tokenizer library does not report them, so they are found by going through text and tokens
 * together.
 */
export function tokenOffsets(loaded: LoadedTokenizer, text: string): readonly Span[] {
  const tokens = loaded.tokenizer.tokenize(text, { add_special_tokens: false });
  return loaded.isByteLevel ? byteOffsets(tokens, text) : walkOffsets(tokens, unitsOf(text, loaded.isLowercase));
}

/** Splits a text into code points and normalises each alone. A code point that normalisation removes becomes an empty unit. */
function unitsOf(text: string, isLowercase: boolean): readonly Unit[] {
  const units: Unit[] = [];
  let start = 0;
  for (const point of text) {
    const end = start + point.length;
    const normal = normalisePoint(point, isLowercase);
    const last = units.at(-1);
    // A combining accent belongs to the letter before it.
    if (normal === '' && last !== undefined && /^\p{Mn}$/u.test(point)) units[units.length - 1] = { ...last, end };
    else units.push({ normal, start, end });
    start = end;
  }
  return units;
}

function normalisePoint(point: string, isLowercase: boolean): string {
  if (/^[\s\p{C}]$/u.test(point)) return '';
  const folded = isLowercase
    ? point
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
    : point.normalize('NFKC');
  return folded.replace(/\s/gu, '');
}

const chineseSign = /^\p{Unified_Ideograph}/u;
/** What can follow an unknown word: nothing, punctuation, or an ideograph. */
const endsWord = /^(?:$|\p{P}|\p{Unified_Ideograph})/u;

function walkOffsets(tokens: readonly string[], units: readonly Unit[]): readonly Span[] {
  let index = 0;
  let used = 0;
  const skipEmpty = (): void => {
    while (index < units.length && units[index]?.normal === '') index += 1;
  };
  return tokens.map((token) => {
    const wanted = token.replace(/^##(?=.)/u, '').replaceAll('\u2581', '');
    skipEmpty();
    const start = units[index]?.start ?? units.at(-1)?.end ?? 0;
    if (wanted === '') return [start, start];
    let end = start;
    if (/^(?:\[UNK\]|<unk>)$/.test(token)) {
      // An unknown word ends at the next space or punctuation. An ideograph is a word of its own.
      const isSign = chineseSign.test(units[index]?.normal ?? '');
      do end = units[index++]?.end ?? end;
      while (!isSign && index < units.length && !endsWord.test(units[index]?.normal ?? ''));
      used = 0;
      return [start, end];
    }
    for (let left = wanted.length; left > 0 && index < units.length;) {
      const unit = units[index];
      if (unit === undefined) break;
      const rest = unit.normal.length - used;
      end = unit.end;
      // A code point that normalisation expands into several letters can belong to two tokens.
      if (left < rest) {
        used += left;
        break;
      }
      left -= rest;
      used = 0;
      index += 1;
      skipEmpty();
    }
    return [start, end];
  });
}

/** Maps the printable letters of byte-level vocabularies to bytes. */
const byteOfLetter = byteLetters();

function byteLetters(): ReadonlyMap<string, number> {
  const isPlain = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let shifted = 256;
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(isPlain(byte) ? byte : shifted++), byte]),
  );
}

function byteOffsets(tokens: readonly string[], text: string): readonly Span[] {
  const unitOfByte: Unit[] = [];
  let start = 0;
  for (const point of text) {
    const unit = { normal: point, start, end: start + point.length };
    for (let count = Buffer.byteLength(point); count > 0; count -= 1) unitOfByte.push(unit);
    start = unit.end;
  }
  let byte = 0;
  return tokens.map((token) => {
    const length = Array.from(token).filter((letter) => byteOfLetter.has(letter)).length;
    const first = unitOfByte[byte]?.start ?? text.length;
    const last = unitOfByte[byte + length - 1]?.end ?? text.length;
    byte += length;
    return [first, Math.max(first, last)];
  });
}
