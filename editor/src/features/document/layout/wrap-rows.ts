import { cardWidth } from './card-size.js';
import type { Box } from './box.js';
import { zoomToFit } from './zoom-to-fit.js';

type Boxes = ReadonlyMap<string, Box>;
type Positions = Map<string, readonly [number, number]>;

/** The gap between rows. Edges return through it to the start of the next row, and results unfold into it. */
const rowGap = 80;
/** The additional gap for the frames of groups. */
const frameGap = 60;
/** Larger workflows are not wrapped, because their edges between rows are plain curves, which would cross the cards. */
const mostNodes = 150;

/** A column of cards with the same left border. */
interface Column {
  readonly x: number;
  readonly ids: readonly string[];
}

/**
 * Arranges columns in rows, as text wraps. The number of columns in a row is the one with which the whole workflow opens at the highest
 * zoom. A group stays in one row. `above` is the height of what stands above the cards, such as a note.
 */
export function wrapRows(boxes: Boxes, groups: readonly (readonly string[])[], above = 0): Positions {
  const columns = columnsOf(boxes);
  const fewest = boxes.size > mostNodes ? columns.length : 1;
  const positions: Positions = new Map();
  if (columns.length === 0) return positions;
  const gap = rowGap + (groups.length === 0 ? 0 : frameGap);
  let best: { readonly zoom: number; readonly rows: readonly (readonly Column[])[] } = {
    zoom: zoomOf([columns], boxes, gap, above),
    rows: [columns],
  };
  for (let most = columns.length - 1; most >= fewest; most -= 1) {
    const rows = breakRows(columns, most, groups);
    const zoom = zoomOf(rows, boxes, gap, above);
    if (zoom > best.zoom) best = { zoom, rows };
  }
  let top = 0;
  for (const row of best.rows) {
    const { left, above, height } = sizeOf(row, boxes);
    for (const id of row.flatMap(({ ids }) => ids)) {
      const { x, y } = boxes.get(id) ?? { x: 0, y: 0 };
      positions.set(id, [x - left, y - above + top]);
    }
    top += height + gap;
  }
  return positions;
}

function columnsOf(boxes: Boxes): readonly Column[] {
  const columns: { readonly x: number; readonly ids: string[] }[] = [];
  for (const [id, { x }] of [...boxes].sort(([, a], [, b]) => a.x - b.x)) {
    const last = columns.at(-1);
    if (last !== undefined && x - last.x < cardWidth) last.ids.push(id);
    else columns.push({ x, ids: [id] });
  }
  return columns;
}

/** Breaks columns into rows of at most `most` columns. A row is longer only if a group would be split. */
function breakRows(
  columns: readonly Column[],
  most: number,
  groups: readonly (readonly string[])[],
): readonly (readonly Column[])[] {
  const mayBreak = (at: number): boolean => {
    const before = new Set(columns.slice(0, at).flatMap(({ ids }) => ids));
    return groups.every((ids) => ids.every((id) => before.has(id)) || !ids.some((id) => before.has(id)));
  };
  const breaks = columns.map((_, index) => index).filter((index) => index > 0 && mayBreak(index));
  const rows: (readonly Column[])[] = [];
  for (let start = 0; start < columns.length;) {
    const later = [...breaks.filter((at) => at > start), columns.length];
    const end = later.findLast((at) => at <= start + most) ?? later[0] ?? columns.length;
    rows.push(columns.slice(start, end));
    start = end;
  }
  return rows;
}

function sizeOf(
  row: readonly Column[],
  boxes: Boxes,
): { readonly left: number; readonly above: number; readonly width: number; readonly height: number } {
  const all = row.flatMap(({ ids }) => ids.flatMap((id) => boxes.get(id) ?? []));
  const left = Math.min(...all.map(({ x }) => x));
  const above = Math.min(...all.map(({ y }) => y));
  const width = Math.max(...all.map(({ x, width: own }) => x + own)) - left;
  return { left, above, width, height: Math.max(...all.map(({ y, height }) => y + height)) - above };
}

/** The zoom at which all rows are visible, with what stands above them. */
function zoomOf(rows: readonly (readonly Column[])[], boxes: Boxes, gap: number, above: number): number {
  const sizes = rows.map((row) => sizeOf(row, boxes));
  const height = sizes.reduce((sum, size) => sum + size.height, above + gap * (rows.length - 1));
  return zoomToFit([{ x: 0, y: 0, width: Math.max(...sizes.map(({ width }) => width)), height }]);
}
