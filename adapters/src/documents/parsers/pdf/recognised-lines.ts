import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import type { Recogniser } from '../ocr/recogniser.js';
import type { PageText } from './page-line.js';
import { runtimeOf } from './pdfium.js';

// Codes of the library.
const grey = 1;
const withNotes = 0x01;
const inGrey = 0x08;
const white = 0xffffffff;

const dotsPerPoint = 200 / 72;
const mostPixels = 12_000_000;
/** The size of all recognised lines, because a picture does not reliably distinguish headings from text. */
const size = 10;

/** Whether a page without text shows something. */
export function hasContent(pdfium: WrappedPdfiumModule, document: number, index: number): boolean {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (page === 0) return false;
  const count = pdfium.FPDFPage_CountObjects(page);
  pdfium.FPDF_ClosePage(page);
  return count > 0;
}

/** Recognises the lines of a page rendered as a picture. */
export function recognisedLines(
  pdfium: WrappedPdfiumModule,
  document: number,
  index: number,
  recogniser: Recogniser,
): PageText {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (page === 0) return { width: 0, height: 0, lines: [] };
  try {
    const width = pdfium.FPDF_GetPageWidthF(page);
    const height = pdfium.FPDF_GetPageHeightF(page);
    if (!(width > 0 && height > 0)) return { width: 0, height: 0, lines: [] };
    const scale = Math.min(dotsPerPoint, Math.sqrt(mostPixels / (width * height)));
    const picture = draw(pdfium, page, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    const lines = recogniser.read(picture).lines.map(({ text, left, top, right, bottom }, at, all) => {
      const isHyphenated = /\p{L}-$/u.test(text) && /^\p{Ll}/u.test(all[at + 1]?.text ?? '');
      return {
        text: isHyphenated ? text.slice(0, -1) : text,
        size,
        isBold: false,
        top: top / scale,
        bottom: bottom / scale,
        box: { left: left / scale, top: top / scale, right: right / scale, bottom: bottom / scale },
        isHyphenated,
      };
    });
    return { width, height, lines };
  } finally {
    pdfium.FPDF_ClosePage(page);
  }
}

/** Renders the page in shades of grey, as a picture file (PGM). */
function draw(pdfium: WrappedPdfiumModule, page: number, width: number, height: number): Uint8Array {
  const bitmap = pdfium.FPDFBitmap_CreateEx(width, height, grey, 0, 0);
  if (bitmap === 0) throw new Error('memory: the page is too large to be drawn');
  try {
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white);
    pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, withNotes | inGrey);
    const start = pdfium.FPDFBitmap_GetBuffer(bitmap);
    const stride = pdfium.FPDFBitmap_GetStride(bitmap);
    const head = Buffer.from(`P5\n${width} ${height}\n255\n`);
    const picture = Buffer.alloc(head.length + width * height);
    head.copy(picture);
    const memory = runtimeOf(pdfium).HEAPU8;
    for (let row = 0; row < height; row += 1)
      picture.set(memory.subarray(start + row * stride, start + row * stride + width), head.length + row * width);
    return picture;
  } finally {
    pdfium.FPDFBitmap_Destroy(bitmap);
  }
}
