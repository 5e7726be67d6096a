import type { Box } from '../line-boxes.js';

/** A line with its box on the page and its position in the file. */
export interface Placed<Line extends { readonly text: string }> {
  readonly line: Line;
  readonly box: Box;
  readonly at: number;
}

type Items<Line extends { readonly text: string }> = readonly Placed<Line>[];

interface Side<Line extends { readonly text: string }> {
  readonly left: Items<Line>;
  readonly right: Items<Line>;
}

const leastLines = 3;
const leastCharacters = 12;
/** A side is running text if at least `fullShare` of its lines have at least this share of its width. */
const fullLine = 0.65;
const fullShare = 0.5;
const tried = 10;
/** How deep columns within columns are searched, to limit the work. */
const mostLevels = 1;

/** Finds the vertical gap that divides most lines into columns of running text; undefined if there is none. */
export function findGutter<Line extends { readonly text: string }>(items: Items<Line>, level = 0): number | undefined {
  if (items.length < leastLines * 2) return undefined;
  let best: { readonly x: number; readonly score: number } | undefined;
  for (const x of candidates(items)) {
    const score = sidesOf(items, x).bands.reduce(
      (sum, { left, right }) => sum + (isStrongPair(left, right, level) ? left.length + right.length : 0),
      0,
    );
    if (score > (best?.score ?? 0)) best = { x, score };
  }
  return best?.x;
}

/** Positions just after the ends of lines; those that divide most lines come first. */
function candidates<Line extends { readonly text: string }>(items: Items<Line>): readonly number[] {
  const positions = new Set(items.map(({ box }) => Math.round((box.right + 2) / 3) * 3));
  return [...positions]
    .map((x) => {
      let left = 0;
      let right = 0;
      let over = 0;
      for (const { box } of items) {
        if (box.right <= x) left += 1;
        else if (box.left >= x) right += 1;
        else over += 1;
      }
      return { x, value: Math.min(left, right) - over / 2, isLeast: Math.min(left, right) >= leastLines };
    })
    .filter(({ isLeast }) => isLeast)
    .sort((one, other) => other.value - one.value || one.x - other.x)
    .slice(0, tried)
    .map(({ x }) => x);
}

/**
 * Splits lines at a position. Lines that cross it, and table rows that are on both sides, divide the page into bands: a divider is below
 * the band with the same index. A line that crosses only a little belongs to its side.
 */
export function sidesOf<Line extends { readonly text: string }>(
  items: Items<Line>,
  x: number,
): { readonly bands: readonly Side<Line>[]; readonly dividers: readonly Items<Line>[] } {
  const rows = tableRows(items, x);
  const inRows = new Set(rows.flat());
  const over = items.filter((item) => !inRows.has(item) && isOver(item.box, x)).map((item) => [item]);
  const dividers = [...over, ...rows].sort(
    (one, other) => middleOf(one) - middleOf(other) || first(one) - first(other),
  );
  const apart = new Set(dividers.flat());
  const bands = Array.from({ length: dividers.length + 1 }, () => ({
    left: new Array<Placed<Line>>(),
    right: new Array<Placed<Line>>(),
  }));
  const heights = dividers.map(middleOf);
  for (const item of items) {
    if (apart.has(item)) continue;
    const { box } = item;
    const band = bands[countBelow(heights, middle(box))];
    (box.left + box.right < x * 2 ? band?.left : band?.right)?.push(item);
  }
  return { bands, dividers };
}

const leastCells = 3;
const longestCell = 40;
const usualCell = 14;

/**
 * Rows that do not belong to columns although they have a gap at this position: rows of a table, labels of a figure, and the head and foot
 * of the page. Their pieces beside the gap are short.
 */
function tableRows<Line extends { readonly text: string }>(items: Items<Line>, x: number): Items<Line>[] {
  const rows: Placed<Line>[][] = [];
  for (const item of [...items].sort((one, other) => middle(one.box) - middle(other.box))) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    if (row !== undefined && last !== undefined && middle(item.box) - middle(last.box) < heightOf(last.box) * 0.4)
      row.push(item);
    else rows.push([item]);
  }
  const isAcross = (row: Items<Line>): boolean =>
    row.some(({ box }) => box.right <= x) && row.some(({ box }) => box.left >= x);
  const isRow = (row: Items<Line> | undefined): boolean =>
    row !== undefined &&
    row.length >= leastCells &&
    row.every(({ line }) => line.text.length <= longestCell) &&
    medianLength(row) <= usualCell &&
    isAcross(row);
  const isApart = (row: Items<Line>, at: number): boolean =>
    [rows[at - 1], rows[at + 1]].every((other) => other === undefined || isFar(row, other));
  return rows
    .filter((row, at) =>
      isRow(row)
        ? isRow(rows[at - 1]) || isRow(rows[at + 1]) || isApart(row, at)
        : (at === 0 || at === rows.length - 1) && row.length > 1 && isAcross(row) && isApart(row, at),
    )
    .map((row) => row.sort((one, other) => one.box.left - other.box.left));
}

/** Whether the distance between two rows is more than a line's height. */
function isFar<Line extends { readonly text: string }>(one: Items<Line>, other: Items<Line>): boolean {
  const edge = (row: Items<Line>, at: 'top' | 'bottom'): number => row[0]?.box[at] ?? 0;
  const height = Math.max(...one.map(({ box }) => heightOf(box)));
  return Math.max(edge(one, 'top') - edge(other, 'bottom'), edge(other, 'top') - edge(one, 'bottom')) > height * 1.2;
}

function isOver({ left, right }: Box, x: number): boolean {
  if (right <= x || left >= x) return false;
  const less = Math.min(x - left, right - x);
  return less > 20 || less > (right - left) * 0.12;
}

const middle = ({ top, bottom }: Box): number => (top + bottom) / 2;
const heightOf = ({ top, bottom }: Box): number => bottom - top;
const middleOf = <Line extends { readonly text: string }>(row: Items<Line>): number =>
  row.reduce((sum, { box }) => sum + middle(box), 0) / Math.max(1, row.length);
const first = <Line extends { readonly text: string }>(row: Items<Line>): number => row[0]?.at ?? 0;

/** How many ascending numbers are below a value. */
function countBelow(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const at = (low + high) >>> 1;
    if ((numbers[at] ?? 0) < value) low = at + 1;
    else high = at;
  }
  return low;
}

/** Whether both sides are running text. A side with only a few lines passes if the other one certainly is running text. */
export function isColumnPair<Line extends { readonly text: string }>(left: Items<Line>, right: Items<Line>): boolean {
  if (left.length === 0 || right.length === 0) return false;
  const isShort = (side: Items<Line>): boolean => side.length < leastLines;
  return (isShort(left) || isText(left)) && (isShort(right) || isText(right)) && !(isShort(left) && isShort(right));
}

const isStrongPair = <Line extends { readonly text: string }>(
  left: Items<Line>,
  right: Items<Line>,
  level: number,
): boolean => left.length >= leastLines && right.length >= leastLines && isText(left, level) && isText(right, level);

/** Whether lines are running text: long lines that fill their column, or columns of such lines. */
function isText<Line extends { readonly text: string }>(side: Items<Line>, level = 0): boolean {
  if (side.length < leastLines) return false;
  const start = side.reduce((least, { box }) => Math.min(least, box.left), Infinity);
  const end = side.reduce((most, { box }) => Math.max(most, box.right), -Infinity);
  const full = side.filter(({ box }) => box.right - box.left >= (end - start) * fullLine).length;
  const isFilled = full >= side.length * fullShare && medianLength(side) >= leastCharacters;
  return isFilled || (level < mostLevels && findGutter(side, level + 1) !== undefined);
}

function medianLength<Line extends { readonly text: string }>(items: Items<Line>): number {
  const lengths = items.map(({ line }) => line.text.length).sort((one, other) => one - other);
  return lengths[lengths.length >> 1] ?? 0;
}
