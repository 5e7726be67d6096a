import { HeddleError } from '@heddle/core';
import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import { writePng } from '../../pages/write-png.js';
import { runtimeOf, withPdf } from './pdfium.js';

// Codes of the library.
const colours = 3;
const withNotes = 0x01;
const white = 0xffffffff;

/** Pixels of the longer edge, enough to read the text of a printed page. */
const longestEdge = 1_800;
const shortestEdge = 1;

/** Renders a page of a PDF as PNG. Errors: `document_page`, those of opening a PDF. */
export const drawPdfPage = (bytes: Uint8Array, page: number): Promise<Uint8Array> =>
  withPdf(bytes, (pdfium, document) => Promise.resolve(draw(pdfium, document, page)));

function draw(pdfium: WrappedPdfiumModule, document: number, number: number): Uint8Array {
  const count = pdfium.FPDF_GetPageCount(document);
  const page = number <= count ? pdfium.FPDF_LoadPage(document, number - 1) : 0;
  if (page === 0) throw noSuchPage(number, count);
  try {
    const width = pdfium.FPDF_GetPageWidthF(page);
    const height = pdfium.FPDF_GetPageHeightF(page);
    if (!(width > 0 && height > 0 && Number.isFinite(width / height)))
      throw new HeddleError('document_page', `Page ${number} has no size: it cannot be shown.`);
    const scale = longestEdge / Math.max(width, height);
    const edge = (length: number): number => Math.max(shortestEdge, Math.round(length * scale));
    return drawn(pdfium, page, edge(width), edge(height));
  } finally {
    pdfium.FPDF_ClosePage(page);
  }
}

export const noSuchPage = (number: number, count: number): HeddleError =>
  new HeddleError(
    'document_page',
    `There is no page ${number}: the document has ${count}. It may have changed: import it again.`,
  );

function drawn(pdfium: WrappedPdfiumModule, page: number, width: number, height: number): Uint8Array {
  const bitmap = pdfium.FPDFBitmap_CreateEx(width, height, colours, 0, 0);
  if (bitmap === 0) throw new Error('memory: the page is too large to be drawn');
  try {
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white);
    pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, withNotes);
    const start = pdfium.FPDFBitmap_GetBuffer(bitmap);
    const stride = pdfium.FPDFBitmap_GetStride(bitmap);
    const memory = runtimeOf(pdfium).HEAPU8;
    const pixels = new Uint8Array(width * height * 3);
    for (let row = 0, to = 0; row < height; row += 1)
      for (let column = 0, from = start + row * stride; column < width; column += 1, from += 4, to += 3) {
        pixels[to] = memory[from + 2] ?? 0;
        pixels[to + 1] = memory[from + 1] ?? 0;
        pixels[to + 2] = memory[from] ?? 0;
      }
    return writePng(pixels, width, height);
  } finally {
    pdfium.FPDFBitmap_Destroy(bitmap);
  }
}
