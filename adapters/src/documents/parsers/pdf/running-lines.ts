import type { PageLine } from './page-line.js';

type Pages = readonly (readonly PageLine[])[];

/** A line at the head or foot of a page, with its page (0-based). */
interface EdgeLine {
  readonly line: PageLine;
  readonly page: number;
}

/**
 * Leaves out lines that come back at the head or foot of most pages: those that count the pages, and copies of those that are always the same. The first
 * copy stays, so that pages which look alike lose no words.
 */
export function withoutRunningLines(pages: Pages): Pages {
  if (pages.length < 2) return pages;
  const removed = new Set(
    [...edgeLines(pages).values()]
      .filter((lines) => new Set(lines.map(({ page }) => page)).size > pages.length / 2)
      .flatMap(removedOf)
      .map(({ line }) => line),
  );
  return pages.map((page) => {
    const rest = page.filter((line) => !removed.has(line));
    // A page that has nothing else keeps its words.
    return rest.length === 0 ? page.filter(({ text }) => /\p{L}/u.test(text)) : rest;
  });
}

/** Lines at edges that differ in nothing but numbers. */
function edgeLines(pages: Pages): ReadonlyMap<string, readonly EdgeLine[]> {
  const found = new Map<string, EdgeLine[]>();
  for (const [number, page] of pages.entries())
    for (const line of new Set([page[0], page.at(-1)])) {
      if (line === undefined) continue;
      const key = line.text.replace(/\d+/g, '#');
      const same = found.get(key) ?? [];
      same.push({ line, page: number });
      found.set(key, same);
    }
  return found;
}

/** Which of the lines that come back go. Lines whose numbers count something else than pages all stay. */
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
