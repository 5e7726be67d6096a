import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import type { Box } from '../line-boxes.js';
import type { PageLine } from './page-line.js';
import type { PageView } from './page-view.js';
import { runtimeOf } from './pdfium.js';

// Codes of the PDF standard.
const freeText = 3;
const widget = 20;
const hidden = 2;

const longestValue = 100_000;

/** A line for each field and note of a page that has no appearance of its own, as programs that fill in forms may leave them. */
export function fieldLines(pdfium: WrappedPdfiumModule, page: number, view: PageView): readonly PageLine[] {
  const lines: PageLine[] = [];
  const count = pdfium.FPDFPage_GetAnnotCount(page);
  for (let index = 0; index < count; index += 1) {
    const note = pdfium.FPDFPage_GetAnnot(page, index);
    if (note === 0) continue;
    const text = textOf(pdfium, note);
    const box = text === '' ? undefined : noteBox(pdfium, note, view);
    pdfium.FPDFPage_CloseAnnot(note);
    if (text !== '') lines.push({ text, size: 0, isBold: false, top: 0, bottom: 0, box, isHyphenated: false });
  }
  return lines;
}

export function noteBox(pdfium: WrappedPdfiumModule, note: number, view: PageView): Box | undefined {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(16);
  try {
    if (!pdfium.FPDFAnnot_GetRect(note, memory)) return undefined;
    const runtime = runtimeOf(pdfium);
    const [left = 0, top = 0, right = 0, bottom = 0] = [0, 4, 8, 12].map((at) =>
      runtime.getValue(memory + at, 'float'),
    );
    return view.boxOf(left, bottom, right, top);
  } finally {
    wasmExports.free(memory);
  }
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
