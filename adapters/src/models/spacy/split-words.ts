import { HeddleError } from '@heddle/core';
import { packedText, type Packed, type PackedMap } from './message-pack.js';
import { patternOf } from './python-pattern.js';

/** A word or punctuation mark of a text; `norm` is set if a rule gives its normal form. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly norm?: string;
}

type Part = Omit<Word, 'start'>;

/** A longer piece without a space is cut: the patterns take quadratic time, and no name is longer. */
const longestPiece = 200;
const mostKnown = 20_000;
const orth = 65;
const norm = 67;
const whitespace = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Splits texts into words like spaCy, with the rules of a spaCy tokenizer file. Errors: `model_file_invalid`. */
export function createWordSplitter(file: Packed): (text: string) => readonly Word[] {
  const rules = readRules(file);
  const known = new Map<string, readonly Part[]>();
  const partsOf = (piece: string): readonly Part[] => {
    const before = known.get(piece);
    if (before !== undefined) return before;
    const parts = splitPiece(piece, rules);
    if (known.size >= mostKnown) known.clear();
    known.set(piece, parts);
    return parts;
  };
  return (text) => {
    const words: Word[] = [];
    for (const [piece, from] of piecesOf(text)) {
      let start = from;
      for (const part of partsOf(piece)) {
        words.push({ ...part, start });
        start += part.text.length;
      }
    }
    return words;
  };
}

/** Runs of spaces and runs of other characters. A single space after a run is part of it. */
function* piecesOf(text: string): Generator<readonly [string, number]> {
  const isSpace = (index: number): boolean => whitespace.test(text[index] ?? '');
  for (let start = 0; start < text.length;) {
    const inSpace = isSpace(start);
    let end = start + 1;
    while (end < text.length && end - start < longestPiece && isSpace(end) === inSpace) end += 1;
    // The cut must not separate a surrogate pair.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end += 1;
    yield [text.slice(start, end), start];
    start = !inSpace && text[end] === ' ' ? end + 1 : end;
  }
}

interface Rules {
  readonly prefix: RegExp;
  readonly suffix: RegExp;
  readonly infix: RegExp;
  readonly url: RegExp;
  readonly special: ReadonlyMap<string, readonly Part[]>;
  /**
   * Special pieces that the other rules would split, such as `Ltd.`. The key is the first of the parts into which these rules split them.
   */
  readonly split: ReadonlyMap<string, readonly Special[]>;
}

interface Special {
  readonly found: readonly string[];
  readonly parts: readonly Part[];
}

function splitPiece(piece: string, rules: Rules): readonly Part[] {
  const whole = rules.special.get(piece);
  if (whole !== undefined) return whole;
  const prefixes: Part[] = [];
  const suffixes: Part[] = [];
  const rest = withoutAffixes(piece, rules, prefixes, suffixes);
  return joinSpecials([...prefixes, ...splitRest(rest, rules), ...suffixes.reverse()], rules);
}

/** Joins special pieces inside a longer piece, such as `Ltd.` in `Co.Ltd.`. Longer ones have priority, then earlier ones. */
function joinSpecials(parts: readonly Part[], { split }: Rules): readonly Part[] {
  const matches = parts.flatMap(({ text }, at) =>
    (split.get(text) ?? [])
      .filter(({ found }) => found.every((one, index) => parts[at + index]?.text === one))
      .map((special) => ({ at, special })),
  );
  if (matches.length === 0) return parts;
  const taken = new Map<number, Special>();
  const used = new Set<number>();
  for (const { at, special } of matches.toSorted((a, b) => b.special.found.length - a.special.found.length)) {
    const indexes = special.found.map((_, index) => at + index);
    if (indexes.some((index) => used.has(index))) continue;
    for (const index of indexes) used.add(index);
    taken.set(at, special);
  }
  return parts.flatMap((part, at) => taken.get(at)?.parts ?? (used.has(at) ? [] : [part]));
}

function withoutAffixes(piece: string, { prefix, suffix, special }: Rules, before: Part[], after: Part[]): string {
  let rest = piece;
  for (let last = -1; rest !== '' && rest.length !== last && !special.has(rest);) {
    last = rest.length;
    const head = prefix.exec(rest)?.[0] ?? '';
    if (head !== '' && special.has(rest.slice(head.length))) {
      before.push({ text: head });
      return rest.slice(head.length);
    }
    const tail = suffix.exec(rest.slice(head.length))?.[0] ?? '';
    if (tail !== '' && special.has(rest.slice(0, -tail.length))) {
      after.push({ text: tail });
      return rest.slice(0, -tail.length);
    }
    const takesBoth = head.length + tail.length <= rest.length;
    if (head !== '') before.push({ text: head });
    if (tail !== '' && (head === '' || takesBoth)) {
      after.push({ text: tail });
      rest = rest.slice(0, -tail.length);
    }
    rest = rest.slice(head.length);
  }
  return rest;
}

function splitRest(rest: string, { special, url, infix }: Rules): readonly Part[] {
  if (rest === '') return [];
  const whole = special.get(rest);
  if (whole !== undefined) return whole;
  if (url.test(rest)) return [{ text: rest }];
  const parts: Part[] = [];
  let start = 0;
  for (const { 0: sign, index } of rest.matchAll(infix)) {
    if (index === 0) continue;
    if (index > start) parts.push({ text: rest.slice(start, index) });
    if (sign !== '') parts.push({ text: sign });
    start = index + sign.length;
  }
  if (start < rest.length) parts.push({ text: rest.slice(start) });
  return parts;
}

function readRules(file: Packed): Rules {
  const map = file instanceof Map ? (file as PackedMap) : new Map<Packed, Packed>();
  const [prefix, suffix, infix, url] = ['prefix_search', 'suffix_search', 'infix_finditer', 'url_match'].map((name) =>
    map.get(name),
  );
  const exceptions = map.get('exceptions');
  if (
    typeof prefix !== 'string' ||
    typeof suffix !== 'string' ||
    typeof infix !== 'string' ||
    typeof url !== 'string' ||
    !(exceptions instanceof Map)
  )
    throw new HeddleError('model_file_invalid', 'The tokenizer file lacks rules of spaCy: fetch it again.');
  const special = new Map(
    [...(exceptions as PackedMap)].map(([piece, parts]) => [
      packedText(piece),
      (parts as readonly PackedMap[]).map(partOf),
    ]),
  );
  const plain = {
    prefix: patternOf(prefix),
    suffix: patternOf(suffix),
    infix: patternOf(infix, 'gu'),
    url: patternOf(url),
    special: new Map<string, readonly Part[]>(),
    split: new Map<string, readonly Special[]>(),
  };
  const split = new Map<string, readonly Special[]>();
  for (const [piece, parts] of special) {
    const found = splitPiece(piece, plain).map(({ text }) => text);
    const [first] = found;
    if (first !== undefined && found.length > 1) split.set(first, [...(split.get(first) ?? []), { found, parts }]);
  }
  return { ...plain, special, split };
}

function partOf(entry: PackedMap): Part {
  const form = entry.get(norm);
  return { text: packedText(entry.get(orth)), ...(typeof form === 'string' ? { norm: form } : {}) };
}
