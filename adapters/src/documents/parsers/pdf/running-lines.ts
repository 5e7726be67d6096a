import type { PageLine, PageText } from './page-line.js';

/** A line at the head or foot of a page, with its page (0-based). */
interface EdgeLine {
  readonly line: PageLine;
  readonly page: number;
}

/** Headers and footers have at most this many lines, within the share `margin` of a page's height. */
const edgeLinesOfPage = 3;
const margin = 0.12;

/**
 * Removes lines that recur at the head or foot of most pages, or of most even or odd pages: page numbers, and copies of constant lines. The
 * first copy of a constant line stays, so that pages which look alike lose no text.
 */
export function withoutRunningLines(pages: readonly PageText[]): readonly PageText[] {
  if (pages.length < 2) return pages;
  const removed = new Set(
    [...edgeLines(pages).values()]
      .filter((lines) => isOnMost(lines, pages.length))
      .flatMap(removedOf)
      .map(({ line }) => line),
  );
  return pages.map((page) => {
    const rest = page.lines.filter((line) => !removed.has(line));
    // A page with no other lines keeps those that have letters.
    return { ...page, lines: rest.length === 0 ? page.lines.filter(({ text }) => /\p{L}/u.test(text)) : rest };
  });
}

/** Whether lines are on more than half of all pages, or of all even or odd pages. */
function isOnMost(lines: readonly EdgeLine[], pages: number): boolean {
  const on = new Set(lines.map(({ page }) => page));
  if (on.size > pages / 2) return true;
  const sides = new Set([...on].map((page) => page % 2));
  return sides.size === 1 && on.size >= 2 && on.size > pages / 4 + 0.5;
}

/** Lines at page edges, grouped with those that differ only in numbers. */
function edgeLines(pages: readonly PageText[]): ReadonlyMap<string, readonly EdgeLine[]> {
  const found = new Map<string, EdgeLine[]>();
  for (const [number, page] of pages.entries())
    for (const line of edgesOf(page)) {
      const key = line.text.replace(/\d+/g, '#');
      const same = found.get(key) ?? [];
      same.push({ line, page: number });
      found.set(key, same);
    }
  return found;
}

/** The first and last line of a page's text, and the lines in its margins, wherever they are in the text. */
function edgesOf({ lines, height }: PageText): readonly PageLine[] {
  const within = (least: number, most: number): readonly PageLine[] =>
    lines.filter(({ box }) => box !== undefined && box.top >= least && box.bottom <= most);
  const head = within(0, height * margin);
  const foot = within(height * (1 - margin), height);
  const edges = [lines[0], lines.at(-1), ...head.slice(0, edgeLinesOfPage), ...foot.slice(-edgeLinesOfPage)];
  return [...new Set(edges)].filter((line) => line !== undefined);
}

/** Selects the recurring lines to remove. Lines whose numbers count something other than pages all stay. */
function removedOf(lines: readonly EdgeLine[]): readonly EdgeLine[] {
  const [first, ...others] = lines;
  if (first === undefined) return [];
  if (others.every(({ line }) => line.text === first.line.text)) return /\p{L}/u.test(first.line.text) ? others : lines;
  const start = numbersOf(first);
  const countsPages = others.every((other) =>
    numbersOf(other).every((number, at) => {
      const step = number - (start[at] ?? Number.NaN);
      return step === 0 || step === other.page - first.page;
    }),
  );
  return countsPages ? lines : [];
}

const numbersOf = ({ line }: EdgeLine): readonly number[] => (line.text.match(/\d+/g) ?? []).map(Number);
