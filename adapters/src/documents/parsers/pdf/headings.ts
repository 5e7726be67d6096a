import type { PageLine } from './page-line.js';

/** Finds the level of a heading line: 1 to 3, or 0 for body text. */
export type HeadingLevel = (line: PageLine) => number;

const longestHeading = 120;

/** Determines the size of body text from all lines. Lines that are clearly larger, or bold at that size, are headings. */
export function headingLevels(pages: readonly (readonly PageLine[])[]): HeadingLevel {
  const weights = new Map<number, number>();
  let bold = 0;
  let all = 0;
  for (const { size, text, isBold } of pages.flat()) {
    weights.set(size, (weights.get(size) ?? 0) + text.length);
    all += text.length;
    if (isBold) bold += text.length;
  }
  const body = [...weights].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const larger = [...weights.keys()].filter((size) => size > body && size >= body * 1.15).sort((a, b) => b - a);
  // Bold lines are headings only if no lines are larger. In a document that is bold throughout, bold has no meaning.
  const largeLines = pages.flat().filter(({ size }) => larger.includes(size)).length;
  const boldCounts = largeLines < 2 && bold < all * 0.3;
  return (line) => {
    if (line.text.length > longestHeading || !/\p{L}/u.test(line.text) || /[,;]$/.test(line.text)) return 0;
    const rank = larger.indexOf(line.size);
    if (rank >= 0) return Math.min(rank + 1, 3);
    return boldCounts && line.isBold && line.size >= body * 0.98 && !/[.:]$/.test(line.text)
      ? Math.min(larger.length + 1, 3)
      : 0;
  };
}
