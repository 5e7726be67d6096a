import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import type { Box } from '../line-boxes.js';

const space = 0x20;
/** A line is letter-spaced if the gaps between its letters exceed this share of their size. */
const wideShare = 0.1;

/** A character of a page: its code, its index on the page, and its box. */
export interface PageCharacter {
  readonly code: number;
  readonly index: number;
  readonly box: Box | undefined;
}

/**
 * Removes spaces that the library inserts between the letters of a letter-spaced line, such as the hidden text of many scans. A space is
 * removed if the line has real spaces too, and the gap is no larger than those between its other letters.
 */
export function withoutLetterSpaces(
  pdfium: WrappedPdfiumModule,
  textPage: number,
  line: readonly PageCharacter[],
): readonly PageCharacter[] {
  const spaces = line.flatMap(({ code }, at) => (code === space ? [at] : []));
  if (spaces.length < 2) return line;
  const made = spaces.filter((at) => pdfium.FPDFText_IsGenerated(textPage, line[at]?.index ?? 0) === 1);
  if (made.length === 0 || made.length === spaces.length) return line;
  const gapAfter = (at: number, next: number): number => (line[next]?.box?.left ?? 0) - (line[at]?.box?.right ?? 0);
  const gaps = line.flatMap(({ code }, at) =>
    code > space && (line[at + 1]?.code ?? 0) > space ? [gapAfter(at, at + 1)] : [],
  );
  const usual = gaps.sort((one, other) => one - other)[gaps.length >> 1] ?? 0;
  const size = pdfium.FPDFText_GetFontSize(textPage, line.find(({ code }) => code > space)?.index ?? 0);
  if (usual <= size * wideShare) return line;
  const dropped = new Set(made.filter((at) => gapAfter(at - 1, at + 1) <= usual * 1.7));
  return line.filter((_, at) => !dropped.has(at));
}
