import type { Block } from './blocks.js';
import { lineEnd } from './markdown-sections.js';
import type { Measure } from './measure.js';

/** The smallest piece that a splitter moves: a block, or a line, sentence or run of words from a block that is too long. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
  readonly kind: 'heading' | 'paragraph' | 'lines' | 'piece';
}

/**
 * The most characters that count as one token. A tokenizer may count an endless "word" as one unknown token, so length limits such text.
 */
const charactersPerToken = 16;
const windowLength = 16_384;
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

export const maxCharacters = (measure: Measure): number => measure.maxTokens * charactersPerToken;

/** The range as one unit, if it fits into a passage. Ranges of too many characters are not tokenized at all. */
function asUnit(measure: Measure, start: number, end: number, kind: Unit['kind']): Unit | undefined {
  if (end - start > maxCharacters(measure)) return undefined;
  const tokens = weigh(measure, start, end);
  return tokens <= measure.maxTokens ? { start, end, tokens, kind } : undefined;
}

/** The tokens of a range, or the least that its length allows if that is more: text of unknown words must not pile up. */
const weigh = (measure: Measure, start: number, end: number): number =>
  Math.max(measure.count(start, end), Math.ceil((end - start) / charactersPerToken));

/** The whole block if it fits, else its parts. */
export function* unitsOf(measure: Measure, block: Block): Generator<Unit> {
  const [start, end] = trimmed(measure.text, block.start, block.end);
  if (start >= end) return;
  const whole = asUnit(measure, start, end, block.kind);
  if (whole === undefined) yield* partsOf(measure, { ...block, start, end });
  else yield whole;
}

/** The parts of a block: the lines of a table, code fence or list of rows; the sentences of any other block. */
export function* partsOf(measure: Measure, block: Pick<Block, 'start' | 'end' | 'kind'>): Generator<Unit> {
  const parts =
    block.kind === 'lines'
      ? lines(measure.text, block.start, block.end)
      : sentencesOf(measure.text, block.start, block.end);
  for (const [from, to] of parts) {
    const [start, end] = trimmed(measure.text, from, to);
    if (start >= end) continue;
    const unit = asUnit(measure, start, end, 'piece');
    if (unit !== undefined) yield unit;
    else if (block.kind === 'lines') yield* partsOf(measure, { start, end, kind: 'paragraph' });
    else yield* wordRuns(measure, start, end);
  }
}

/** The sentences of a range. A line break inside a paragraph does not end a sentence. */
export function* sentencesOf(text: string, from: number, to: number): Generator<readonly [number, number]> {
  for (const [start, end] of windows(text, from, to)) {
    for (const { index, segment } of sentences.segment(text.slice(start, end).replaceAll('\n', ' '))) {
      yield [start + index, start + index + segment.length];
    }
  }
}

function* lines(text: string, from: number, to: number): Generator<readonly [number, number]> {
  for (let start = from; start < to;) {
    const end = Math.min(lineEnd(text, start), to);
    yield [start, end];
    start = end + 1;
  }
}

/** Runs of words that fit into a passage, for a sentence that is too long. */
export function* wordRuns(measure: Measure, from: number, to: number): Generator<Unit> {
  for (const [windowStart, windowEnd] of windows(measure.text, from, to)) {
    const offsets = measure.offsets(windowStart, windowEnd);
    let start = windowStart;
    let index = 0;
    while (start < windowEnd) {
      while (index < offsets.length && windowStart + (offsets[index]?.[0] ?? 0) < start) index += 1;
      const after = offsets[index + measure.maxTokens];
      const byTokens = after === undefined ? windowEnd : windowStart + after[0];
      const end = fit(
        measure,
        start,
        wordBoundary(measure.text, start, Math.min(byTokens, start + maxCharacters(measure)), windowEnd),
      );
      const [unitStart, unitEnd] = trimmed(measure.text, start, end);
      if (unitStart < unitEnd) {
        yield { start: unitStart, end: unitEnd, tokens: weigh(measure, unitStart, unitEnd), kind: 'piece' };
      }
      start = end;
    }
  }
}

/**
 * The end of a range that fits into a passage. A cut inside a word can give more tokens than were counted, so the range is shortened until
 * it fits.
 */
function fit(measure: Measure, start: number, end: number): number {
  let cut = end;
  while (cut - start > 1) {
    const tokens = measure.count(start, cut);
    if (tokens <= measure.maxTokens) break;
    // A range of unknown characters may be many times too long.
    const share = Math.min(0.9, measure.maxTokens / tokens);
    cut = characterBoundary(measure.text, start, start + Math.floor((cut - start) * share));
  }
  return cut;
}

/** The last word boundary at or before `end`; inside a single endless word, a character boundary. */
function wordBoundary(text: string, start: number, end: number, limit: number): number {
  if (end >= limit) return limit;
  for (let cut = end; cut > start + (end - start) / 2; cut -= 1)
    if (isSpace(text, cut - 1) || isSpace(text, cut)) return cut;
  return characterBoundary(text, start, end);
}

/** An end that is never between the halves of a surrogate pair, and never makes the range empty. */
function characterBoundary(text: string, start: number, end: number): number {
  const code = text.charCodeAt(end);
  const cut = code >= 0xdc00 && code <= 0xdfff ? end - 1 : end;
  return cut > start ? cut : Math.min(start + 2, text.length);
}

/** Bounded windows, so that a tokenizer never gets one endless line. Cuts at a line break, a space, or a character. */
function* windows(text: string, from: number, to: number): Generator<readonly [number, number]> {
  for (let start = from; start < to;) {
    let end = Math.min(start + windowLength, to);
    if (end < to) {
      const line = text.lastIndexOf('\n', end);
      const space = text.lastIndexOf(' ', end);
      const half = start + windowLength / 2;
      end = line > half ? line + 1 : space > half ? space + 1 : characterBoundary(text, start, end);
    }
    yield [start, end];
    start = end;
  }
}

/** A range without white space at its ends. */
export function trimmed(text: string, from: number, to: number): readonly [number, number] {
  let start = from;
  let end = to;
  while (start < end && isSpace(text, start)) start += 1;
  while (end > start && isSpace(text, end - 1)) end -= 1;
  return [start, end];
}

function isSpace(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000;
}
