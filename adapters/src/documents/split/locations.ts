import { withoutUndefined, type ParsedDocument, type Place, type TextSpan } from '@heddle/core';
import { boxesOf } from './boxes.js';

/** Finds the location of an offset in a document: line, page, row, headings and boxes. */
interface LocationFinder {
  at(start: number, end: number, headings?: readonly string[]): Place;
}

/** Indexes a document's lines and spans once; each lookup is a binary search. */
export function createLocations(document: ParsedDocument): LocationFinder {
  const lineStarts = startsOfLines(document.text);
  const { spans } = document;
  return {
    at: (start, end, headings) => {
      const span = spanAt(spans, start);
      const path = headings ?? span?.headings ?? [];
      return withoutUndefined({
        line: lastAtMost(lineStarts.length, (index) => lineStarts[index] ?? 0, start) + 1,
        page: span?.page,
        row: span?.row,
        headings: path.length === 0 ? undefined : [...path],
        start,
        end,
        boxes: boxesOf(document.boxes, document.text, start, end),
      });
    },
  };
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) starts.push(index + 1);
  return starts;
}

function spanAt(spans: readonly TextSpan[], offset: number): TextSpan | undefined {
  const span = spans[lastAtMost(spans.length, (index) => spans[index]?.start ?? 0, offset)];
  return span !== undefined && offset >= span.start && offset < span.end ? span : undefined;
}

/** The index of the last entry that is at most `value`; -1 if there is none. The entries must be ascending. */
function lastAtMost(length: number, entry: (index: number) => number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entry(middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
