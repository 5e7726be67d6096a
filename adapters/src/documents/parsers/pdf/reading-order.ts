import { enclosingBox } from './enclosing-box.js';
import { withBlocks } from './blocks-of-lines.js';
import { findGutter, isColumnPair, sidesOf, type Placed } from './gutters.js';
import type { PageLine } from './page-line.js';

/** A line of a page, or a part of a line after a wide gap. */
export interface LinePiece extends PageLine {
  /** Whether it continues the line of the piece before it. */
  readonly isContinued: boolean;
}

/** A page with more pieces is not text in columns. */
const mostPieces = 3_000;
const mostLevels = 3;

/**
 * Joins the pieces of a page into lines in reading order. Columns are read one after another; what extends over all of them, such as a
 * title or a wide figure, divides the page. Footnotes of columns come after the page. A page without columns keeps the order of the file.
 */
export function readingOrder(pieces: readonly LinePiece[]): readonly PageLine[] {
  const placed = pieces.flatMap((piece, at): readonly Placed<LinePiece>[] =>
    piece.box === undefined ? [] : [{ line: piece, box: piece.box, at }],
  );
  if (placed.length > mostPieces) return joined(pieces.map((line, at) => ({ line, at })));
  const notes: Placed<LinePiece>[] = [];
  const body = arrange(placed, notes, 0);
  const unplaced = pieces.flatMap((line, at) => (line.box === undefined ? [{ line, at }] : []));
  return withBlocks(joined([...body, ...notes, ...unplaced]), new Set(notes.map(({ line }) => line)));
}

type Item = Placed<LinePiece>;

function arrange(items: readonly Item[], notes: Item[], level: number): readonly Item[] {
  const gutter = level < mostLevels ? findGutter(items) : undefined;
  if (gutter === undefined) return level === 0 ? items : column(items, notes);
  const { bands, dividers } = sidesOf(items, gutter);
  return bands.flatMap(({ left, right }, at) => {
    const between = dividers[at] ?? [];
    if (isColumnPair(left, right))
      return [...arrange(left, notes, level + 1), ...arrange(right, notes, level + 1), ...between];
    const rest = [...left, ...right].sort((one, other) => one.at - other.at);
    return [...(rest.length < items.length ? arrange(rest, notes, level + 1) : rest), ...between];
  });
}

/** The lines of a column: in file order if that runs downwards, otherwise by position. Its footnotes are moved to `notes`. */
function column(items: readonly Item[], notes: Item[]): readonly Item[] {
  const up = items.filter(({ box }, at) => {
    const above = items[at - 1]?.box;
    return above !== undefined && box.bottom < above.top;
  }).length;
  const lines =
    up <= items.length * 0.05
      ? items
      : [...items].sort((one, other) =>
          sameRow(one, other) ? one.box.left - other.box.left : one.box.top - other.box.top,
        );
  const from = firstNote(lines);
  notes.push(...lines.slice(from));
  return lines.slice(0, from);
}

const sameRow = ({ box: one }: Item, { box: other }: Item): boolean =>
  Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) >
  0.6 * Math.min(one.bottom - one.top, other.bottom - other.top);

/** The index of the first footnote of a column: its last lines are small, and the first of these has a footnote mark. */
function firstNote(lines: readonly Item[]): number {
  const sizes = lines.map(({ line }) => line.size).sort((one, other) => one - other);
  const usual = sizes[sizes.length >> 1] ?? 0;
  let from = lines.length;
  let found = lines.length;
  while (from > 0 && (lines[from - 1]?.line.size ?? 0) <= usual * 0.92) {
    from -= 1;
    if (/^(?:\d{1,2}\b|[*†‡§¶∗])\s?\S/u.test(lines[from]?.line.text ?? '')) found = from;
  }
  return found > lines.length / 2 ? found : lines.length;
}

/** Joins consecutive pieces of a line. A word that is divided at the end of a column continues in the next line. */
function joined(items: readonly { readonly line: LinePiece; readonly at: number }[]): readonly PageLine[] {
  const lines: PageLine[] = [];
  const cut = new Set<number>();
  let before = -2;
  for (const [index, { line: piece, at }] of items.entries()) {
    const { isContinued, ...line } = piece;
    const open = lines.at(-1);
    if (isContinued && at === before + 1 && open !== undefined) {
      lines[lines.length - 1] = {
        ...open,
        text: `${open.text} ${line.text}`,
        box: line.box === undefined ? open.box : enclosingBox(open.box, line.box),
        isHyphenated: line.isHyphenated,
      };
    } else lines.push(line);
    const next = items[index + 1];
    if (next !== undefined && next.at !== at + 1) cut.add(lines.length - 1);
    before = at;
  }
  return lines.map((line, at) =>
    cut.has(at) && /\p{L}-$/u.test(line.text) && /^\p{Ll}/u.test(lines[at + 1]?.text ?? '')
      ? { ...line, text: line.text.slice(0, -1), isHyphenated: true }
      : line,
  );
}
