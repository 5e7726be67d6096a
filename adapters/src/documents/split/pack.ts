import type { Measure } from './measure.js';
import { partsOf, trimmed, wordRuns, type Unit } from './units.js';

/** A passage as a range of the text, with its size. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
}

interface PackOptions {
  readonly overlapTokens: number;
}

/**
 * Packs units into passages of at most `maxTokens`, in order. The last passages of a stretch are balanced, so that a
 * text slightly over the size becomes two halves, not a whole and a small rest. A heading is never alone at the end of
 * a passage. Looks at most three passages ahead.
 */
export function* pack(measure: Measure, units: Iterable<Unit>, options: PackOptions): Generator<Range> {
  const source = units[Symbol.iterator]();
  let ahead: Unit[] = [];
  let aheadTokens = 0;
  let isEnd = false;
  let before: Range | undefined;
  for (;;) {
    while (!isEnd && aheadTokens < measure.maxTokens * 3) {
      const next = source.next();
      if (next.done === true) isEnd = true;
      else {
        ahead.push(next.value);
        aheadTokens += next.value.tokens;
      }
    }
    if (ahead.length === 0) return;
    const carried = before === undefined ? undefined : overlapOf(measure, before, options.overlapTokens);
    ahead = splitAfterHeading(measure, ahead);
    const taken = take(measure, ahead, carried, isEnd ? sumTokens(ahead) : undefined);
    before = taken.range;
    yield before;
    ahead.splice(0, taken.count);
    aheadTokens = sumTokens(ahead);
  }
}

function take(
  measure: Measure,
  ahead: readonly Unit[],
  carried: Range | undefined,
  rest: number | undefined,
): { range: Range; count: number } {
  const overlap = carried?.tokens ?? 0;
  const room = measure.maxTokens - overlap;
  const target = rest === undefined ? measure.maxTokens : rest / Math.ceil(rest / Math.max(1, room));
  let tokens = 0;
  let count = 0;
  for (const unit of ahead) {
    if (count > 0 && (tokens + unit.tokens > room || tokens + unit.tokens / 2 > target)) {
      if (ahead[count - 1]?.kind !== 'heading') break;
      if (tokens + unit.tokens > room) break;
    }
    tokens += unit.tokens;
    count += 1;
  }
  while (count > 1 && ahead[count - 1]?.kind === 'heading' && count < ahead.length) count -= 1;
  return settle(measure, ahead, count, carried);
}

/** Counts the tokens of the taken units. If the estimate was too low, it gives units back, and then the overlap. */
function settle(
  measure: Measure,
  ahead: readonly Unit[],
  wanted: number,
  carried: Range | undefined,
): { range: Range; count: number } {
  const first = ahead[0]?.start ?? 0;
  for (let count = wanted; ; count -= 1) {
    const end = ahead[count - 1]?.end ?? first;
    for (const from of carried === undefined ? [first] : [carried.start, first]) {
      const [start, stop] = trimmed(measure.text, from, end);
      const tokens = measure.count(start, stop);
      if (tokens <= measure.maxTokens || (count === 1 && from === first))
        return { range: { start, end: stop, tokens }, count };
    }
  }
}

/** Cuts the block after a heading if both do not fit into one passage, so that the heading keeps some of its text. */
function splitAfterHeading(measure: Measure, ahead: Unit[]): Unit[] {
  const count = ahead.findIndex((unit) => unit.kind !== 'heading');
  const block = ahead[count];
  if (count < 1 || block === undefined) return ahead;
  const headings = ahead.slice(0, count);
  const room = measure.maxTokens - sumTokens(headings);
  if (block.tokens <= room || room < measure.maxTokens / 2) return ahead;
  const smaller = measure.within(room);
  const parts =
    block.kind === 'piece' || block.kind === 'heading'
      ? wordRuns(smaller, block.start, block.end)
      : partsOf(smaller, { start: block.start, end: block.end, kind: block.kind });
  return [...headings, ...parts, ...ahead.slice(count + 1)];
}

/** The last words of a passage, which the next one repeats. */
function overlapOf(measure: Measure, range: Range, overlapTokens: number): Range | undefined {
  if (overlapTokens <= 0 || endsInTable(measure.text, range)) return undefined;
  const from = Math.max(range.start, range.end - overlapTokens * 12);
  const offsets = measure.offsets(from, range.end);
  const offset = offsets[Math.max(0, offsets.length - overlapTokens)]?.[0];
  if (offset === undefined) return undefined;
  const start = offset === 0 && from === range.start ? from : nextWord(measure.text, from + offset, range.end);
  const tokens = offsets.filter(([begin]) => from + begin >= start).length;
  return start < range.end && start > range.start && tokens < measure.maxTokens / 2
    ? { start, end: range.end, tokens }
    : undefined;
}

/**
 * Whether the range ends in a table. A table row is not repeated as overlap, because half a row misleads. Searches back no further than the
 * start of the range: a long text may be one line.
 */
function endsInTable(text: string, range: Range): boolean {
  const passage = text.slice(range.start, range.end);
  return passage.charAt(passage.lastIndexOf('\n') + 1) === '|';
}

function nextWord(text: string, from: number, limit: number): number {
  if (/\s/.test(text.charAt(from - 1))) return from;
  let start = from;
  while (start < limit && !/\s/.test(text.charAt(start))) start += 1;
  while (start < limit && /\s/.test(text.charAt(start))) start += 1;
  return start;
}

const sumTokens = (units: readonly Unit[]): number => units.reduce((sum, unit) => sum + unit.tokens, 0);
