import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import type { PageLine } from './page-line.js';
import { runtimeOf } from './pdfium.js';

// Numbers of the PDF standard.
const freeText = 3;
const widget = 20;
const hidden = 2;

const longestValue = 100_000;

/** Fields and notes of a page that bring no picture of their text, as programs that fill in forms leave them: a line for each. */
export function fieldLines(pdfium: WrappedPdfiumModule, page: number): readonly PageLine[] {
  const lines: PageLine[] = [];
  const count = pdfium.FPDFPage_GetAnnotCount(page);
  for (let index = 0; index < count; index += 1) {
    const note = pdfium.FPDFPage_GetAnnot(page, index);
    if (note === 0) continue;
    const text = textOf(pdfium, note);
    pdfium.FPDFPage_CloseAnnot(note);
    if (text !== '') lines.push({ text, size: 0, isBold: false, top: 0, bottom: 0, isHyphenated: false });
  }
  return lines;
}

function textOf(pdfium: WrappedPdfiumModule, note: number): string {
  const type = pdfium.FPDFAnnot_GetSubtype(note);
  if (type !== widget && type !== freeText) return '';
  if (pdfium.FPDFAnnot_HasKey(note, 'AP') || (pdfium.FPDFAnnot_GetFlags(note) & hidden) !== 0) return '';
  const key = type === widget ? 'V' : 'Contents';
  const { wasmExports } = pdfium.pdfium;
  const length = Math.min(pdfium.FPDFAnnot_GetStringValue(note, key, 0, 0), longestValue);
  if (length <= 2) return '';
  const memory = wasmExports.malloc(length);
  try {
    if (pdfium.FPDFAnnot_GetStringValue(note, key, memory, length) > length) return '';
    return runtimeOf(pdfium).UTF16ToString(memory).replace(/\s+/g, ' ').trim();
  } finally {
    wasmExports.free(memory);
  }
}
