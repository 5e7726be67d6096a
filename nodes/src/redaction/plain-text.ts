/** The plain form of a text, which detectors read, with the offsets of the original text. */
export interface PlainText {
  readonly text: string;
  /** The range in the original text of a range in the plain form. Invisible characters after it are left out. */
  original(start: number, end: number): readonly [start: number, end: number];
}

/** Invisible characters: zero-width characters, soft hyphens, direction marks and variation selectors. */
const unseen = /[\u00AD\u034F\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFE00-\uFE0F\uFEFF]/;
const space = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/;
const hyphen = /[\u2010-\u2015\u2212\uFE58\uFE63]/;
const beyondAscii = /[^\0-\u007F]/;
const digit = /\p{Nd}/u;
const special = new RegExp(
  `${unseen.source}|${space.source}|${hyphen.source}|[\\uFF01-\\uFF5E]|(?![0-9])\\p{Nd}`,
  'gu',
);

/** A stretch of the plain form: either unchanged text, or one character that replaces another. */
interface Stretch {
  readonly plainStart: number;
  readonly start: number;
  /** For a replaced character: its end in the original text. */
  readonly end?: number;
}

/**
 * Removes invisible characters, and replaces wide characters, digits of other scripts, spaces and hyphens by their plain forms, so that
 * `４１１１` and `41​11` are found like `4111`. Undefined if the text is plain already.
 */
export function plainText(text: string): PlainText | undefined {
  if (!beyondAscii.test(text)) return undefined;
  const stretches: Stretch[] = [];
  let plain = '';
  let from = 0;
  for (const { 0: character, index } of text.matchAll(special)) {
    if (index > from) {
      stretches.push({ plainStart: plain.length, start: from });
      plain += text.slice(from, index);
    }
    from = index + character.length;
    const replacement = plainOf(character);
    if (replacement === '') continue;
    stretches.push({ plainStart: plain.length, start: index, end: from });
    plain += replacement;
  }
  if (from === 0) return undefined;
  if (from < text.length) {
    stretches.push({ plainStart: plain.length, start: from });
    plain += text.slice(from);
  }
  return {
    text: plain,
    original(start, end) {
      const first = stretchAt(stretches, start);
      const last = stretchAt(stretches, end - 1);
      return [first.start + start - first.plainStart, last.end ?? last.start + end - last.plainStart];
    },
  };
}

/** The stretch that contains a position of the plain form. */
function stretchAt(stretches: readonly Stretch[], position: number): Stretch {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((stretches[middle]?.plainStart ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return stretches[low] ?? { plainStart: 0, start: 0 };
}

function plainOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0xad) return code === 0xa0 ? ' ' : character;
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if (unseen.test(character)) return '';
  if (space.test(character)) return ' ';
  if (hyphen.test(character)) return '-';
  return digit.test(character) ? String(digitOf(code)) : character;
}

/** The value of a digit in any script. The digits of a script follow each other, zero first. */
function digitOf(code: number): number {
  let value = 0;
  while (value < 9 && digit.test(String.fromCodePoint(code - value - 1)) && !isZero(code - value)) value += 1;
  return value;
}

/** The mathematical alphabets, where the digits of one script directly follow those of another, ten by ten from U+1D7CE. */
const isZero = (code: number): boolean => code >= 0x1d7ce && code <= 0x1d7ff && (code - 0x1d7ce) % 10 === 0;
