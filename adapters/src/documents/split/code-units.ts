import { codeLines, type CodeLine } from './code-lines.js';
import type { Measure } from './measure.js';
import { maxCharacters, unitsOf, type Unit } from './units.js';

/**
 * Splits source code at its outermost definitions. A definition stays whole, together with the comment above it, if it fits a passage;
 * otherwise it is split at the definitions inside it, and so on. It uses only indentation, so it works for any language. Each line is read
 * once for each level.
 */
export function* codeUnits(measure: Measure, from: number, to: number, depth = 0): Generator<Unit> {
  for (const { start, end, inner } of codeBlocks(measure.text, from, to)) {
    if (depth >= mostLevels || inner === undefined || fits(measure, start, end)) {
      yield* unitsOf(measure, { start, end, kind: 'lines' });
      continue;
    }
    yield* unitsOf(measure, { start, end: inner, kind: 'lines' });
    yield* codeUnits(measure, inner, end, depth + 1);
  }
}

const mostLevels = 8;

/** The tokens of long ranges are not counted at all. */
const fits = (measure: Measure, start: number, end: number): boolean =>
  end - start <= maxCharacters(measure) && measure.count(start, end) <= measure.maxTokens;

interface CodeBlock {
  readonly start: number;
  readonly end: number;
  /** The offset of the first line that is indented more deeply. */
  readonly inner: number | undefined;
}

/** The blocks with the lowest indentation in a range. Lines that introduce or close a definition belong to it. */
function* codeBlocks(text: string, from: number, to: number): Generator<CodeBlock> {
  const base = leastIndent(text, from, to);
  let open: { start: number; end: number; inner: number | undefined; isLead: boolean } | undefined;
  let before: CodeLine | undefined;
  for (const line of codeLines(text, from, to)) {
    if (line.isBlank) {
      before = line;
      continue;
    }
    const begins = line.indent <= base && !line.isCloser && (open?.isLead !== true || before?.isBlank === true);
    if (open === undefined || begins) {
      if (open !== undefined && (open.inner !== undefined || before?.isBlank === true || line.isLead)) {
        yield open;
        open = undefined;
      }
      open ??= { start: line.start, end: line.end, inner: undefined, isLead: line.isLead };
    }
    open.end = line.end;
    open.isLead = line.isLead && open.inner === undefined;
    if (line.indent > base) open.inner ??= line.start;
    before = line;
  }
  if (open !== undefined) yield open;
}

function leastIndent(text: string, from: number, to: number): number {
  let least = Infinity;
  for (const { indent, isBlank, isCloser } of codeLines(text, from, to))
    if (!isBlank && !isCloser && indent < least) least = indent;
  return least;
}
