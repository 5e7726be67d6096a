import type { LineBoxes, PageBoxes } from '@heddle/core';

type Line = PageBoxes['lines'][number];

const stride = 6;
/** The most boxes of a passage. With more lines, neighbouring ones share a box, because a page image would show no difference. */
const mostLines = 120;

/**
 * The boxes of the lines in a range of text, page by page; undefined if none is known. `text` is the whole document.
 *
 * @example boxesOf(document.boxes, document.text, 0, 80) // [{ page: 1, width: 595, height: 842, unit: 'pt', lines: [[72, 70, 300, 82, 0]] }]
 */
export function boxesOf(
  boxes: LineBoxes | undefined,
  text: string,
  start: number,
  end: number,
): PageBoxes[] | undefined {
  if (boxes === undefined) return undefined;
  const { lines, pages, unit } = boxes;
  const found: PageBoxes[] = [];
  for (let index = firstLine(lines, start); index * stride < lines.length; index += 1) {
    const at = index * stride;
    const from = lines[at] ?? 0;
    if (from >= end) break;
    const to = at + stride < lines.length ? (lines[at + stride] ?? 0) : text.length;
    // A line is skipped if none of its text is in the range.
    if (text.slice(Math.max(from, start), Math.min(to, end)).trim() === '') continue;
    const page = lines[at + 1] ?? 1;
    const [width, height] = pages[page - 1] ?? [0, 0];
    if (!(width > 0 && height > 0)) continue;
    const [left = 0, top = 0, right = 0, bottom = 0] = lines.subarray(at + 2, at + stride);
    if (right <= left || bottom <= top) continue;
    const line: Line = [left / 10, top / 10, right / 10, bottom / 10, Math.max(0, from - start)];
    const open = found.at(-1);
    if (open?.page === page) open.lines.push(line);
    else found.push({ page, width, height, unit, lines: [line] });
  }
  if (found.length === 0) return undefined;
  const all = found.reduce((sum, one) => sum + one.lines.length, 0);
  return all <= mostLines ? found : found.slice(0, mostLines).map((one) => ({ ...one, lines: fewer(one.lines, all) }));
}

/** Joins neighbouring lines so that all pages together stay within the limit. */
function fewer(lines: readonly Line[], all: number): Line[] {
  const size = Math.ceil(all / mostLines) * 2;
  const joined: Line[] = [];
  for (let start = 0; start < lines.length; start += size) {
    const group = lines.slice(start, start + size);
    const least = (at: 0 | 1): number => group.reduce((found, line) => Math.min(found, line[at]), Infinity);
    const most = (at: 2 | 3): number => group.reduce((found, line) => Math.max(found, line[at]), 0);
    joined.push([least(0), least(1), most(2), most(3), group[0]?.[4] ?? 0]);
  }
  return joined;
}

/** The last line that begins at or before an offset. */
function firstLine(lines: Int32Array, offset: number): number {
  let low = 0;
  let high = lines.length / stride;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle * stride] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
