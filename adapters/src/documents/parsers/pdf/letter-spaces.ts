import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import { runtimeOf } from './pdfium.js';

const space = 0x20;
/** Letters are set wide apart where more than this share of their size is between them. */
const wideShare = 0.1;

/**
 * Leaves out spaces that the library puts between letters of a line that is set wide, such as the hidden text of many scans: the line has spaces of its own, and
 * the gap is no larger than the others between its letters.
 */
export function withoutLetterSpaces(
  pdfium: WrappedPdfiumModule,
  textPage: number,
  codes: readonly number[],
  places: readonly number[],
): readonly number[] {
  const spaces = codes.flatMap((code, at) => (code === space ? [at] : []));
  if (spaces.length < 2) return codes;
  const made = spaces.filter((at) => pdfium.FPDFText_IsGenerated(textPage, places[at] ?? 0) === 1);
  if (made.length === 0 || made.length === spaces.length) return codes;
  const edges = edgesOf(pdfium, textPage, places);
  const gapAfter = (at: number, next: number): number => (edges[next]?.left ?? 0) - (edges[at]?.right ?? 0);
  const gaps = codes.flatMap((code, at) =>
    code > space && (codes[at + 1] ?? 0) > space ? [gapAfter(at, at + 1)] : [],
  );
  const usual = gaps.sort((one, other) => one - other)[gaps.length >> 1] ?? 0;
  const size = pdfium.FPDFText_GetFontSize(textPage, places[codes.findIndex((code) => code > space)] ?? 0);
  if (usual <= size * wideShare) return codes;
  const dropped = new Set(made.filter((at) => gapAfter(at - 1, at + 1) <= usual * 1.7));
  return codes.filter((_, at) => !dropped.has(at));
}

function edgesOf(
  pdfium: WrappedPdfiumModule,
  textPage: number,
  places: readonly number[],
): readonly { readonly left: number; readonly right: number }[] {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(32);
  try {
    return places.map((index) => {
      if (!pdfium.FPDFText_GetCharBox(textPage, index, memory, memory + 8, memory + 16, memory + 24))
        return { left: 0, right: 0 };
      const runtime = runtimeOf(pdfium);
      return { left: runtime.getValue(memory, 'double'), right: runtime.getValue(memory + 8, 'double') };
    });
  } finally {
    wasmExports.free(memory);
  }
}
