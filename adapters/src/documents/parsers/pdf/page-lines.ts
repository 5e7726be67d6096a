import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import { fieldLines } from './field-lines.js';
import { withoutLetterSpaces } from './letter-spaces.js';
import type { PageLine } from './page-line.js';
import { runtimeOf } from './pdfium.js';

/** Codes by which the library marks a word that continues in the next line. They replace the hyphen and the line end. */
const lineHyphens: ReadonlySet<number> = new Set([0x2, 0xfffe]);
const hyphen = 0x2d;
const maxCharacters = 400_000;
/** What is shown on a screen, hidden fields left out. */
const asDisplayed = 0;
/** The answer of the library where there was something to do. */
const flattened = 1;

/** The lines of a page in reading order, with the text of its filled fields and notes. */
export function pageLines(pdfium: WrappedPdfiumModule, document: number, index: number): readonly PageLine[] {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (page === 0) return [];
  if (pdfium.FPDFPage_GetAnnotCount(page) <= 0) return loadedLines(pdfium, page);
  const bare = fieldLines(pdfium, page);
  // Appearances of text fields become a part of the page when it is loaded the next time.
  if (pdfium.FPDFPage_Flatten(page, asDisplayed) !== flattened) return [...loadedLines(pdfium, page), ...bare];
  pdfium.FPDF_ClosePage(page);
  const flat = pdfium.FPDF_LoadPage(document, index);
  return flat === 0 ? bare : [...loadedLines(pdfium, flat), ...bare];
}

/** The lines of a loaded page, which is closed. */
function loadedLines(pdfium: WrappedPdfiumModule, page: number): readonly PageLine[] {
  const textPage = pdfium.FPDFText_LoadPage(page);
  try {
    return textPage === 0 ? [] : linesOf(pdfium, textPage);
  } finally {
    if (textPage !== 0) pdfium.FPDFText_ClosePage(textPage);
    pdfium.FPDF_ClosePage(page);
  }
}

function linesOf(pdfium: WrappedPdfiumModule, textPage: number): readonly PageLine[] {
  const lines: PageLine[] = [];
  const count = Math.min(pdfium.FPDFText_CountChars(textPage), maxCharacters);
  let codes: number[] = [];
  let places: number[] = [];
  let first = -1;
  let isHyphenated = false;
  const close = (): void => {
    const text = String.fromCodePoint(...withoutLetterSpaces(pdfium, textPage, codes, places))
      .replace(/\s+/g, ' ')
      .trim();
    if (text !== '' && first >= 0) lines.push({ text, isHyphenated, ...styleOf(pdfium, textPage, first) });
    codes = [];
    places = [];
    first = -1;
    isHyphenated = false;
  };
  for (let index = 0; index < count; index += 1) {
    const code = pdfium.FPDFText_GetUnicode(textPage, index) >>> 0;
    if (code === 10) close();
    else if (lineHyphens.has(code)) {
      // A word was divided where it goes on in lower case: Jean-Paul and A-B keep their hyphen.
      if (!isLowerCase(pdfium.FPDFText_GetUnicode(textPage, index + 1))) {
        codes.push(hyphen);
        places.push(index);
      }
      isHyphenated = true;
      close();
    } else if (code !== 13 && code !== 0 && code <= 0x10ffff) {
      if (first < 0 && code > 32) first = index;
      codes.push(code);
      places.push(index);
      if (codes.length >= 20_000) close();
    }
  }
  close();
  return lines;
}

const isLowerCase = (code: number): boolean =>
  code > 0 && code <= 0x10ffff && /\p{Ll}/u.test(String.fromCodePoint(code));

function styleOf(
  pdfium: WrappedPdfiumModule,
  textPage: number,
  index: number,
): Pick<PageLine, 'size' | 'isBold' | 'top' | 'bottom'> {
  const { wasmExports } = pdfium.pdfium;
  const runtime = runtimeOf(pdfium);
  const memory = wasmExports.malloc(160);
  try {
    const scale = pdfium.FPDFText_GetMatrix(textPage, index, memory)
      ? Math.abs(runtime.getValue(memory + 12, 'float'))
      : 1;
    const size = pdfium.FPDFText_GetFontSize(textPage, index) * (scale === 0 ? 1 : scale);
    const length = pdfium.FPDFText_GetFontInfo(textPage, index, memory, 120, memory + 128);
    const font = length > 0 && length <= 120 ? runtime.UTF8ToString(memory) : '';
    const box = pdfium.FPDFText_GetCharBox(textPage, index, memory, memory + 8, memory + 16, memory + 24);
    return {
      size: Math.round(size * 2) / 2,
      isBold: /bold|black|heavy|demi/i.test(font),
      bottom: box ? runtime.getValue(memory + 16, 'double') : 0,
      top: box ? runtime.getValue(memory + 24, 'double') : 0,
    };
  } finally {
    wasmExports.free(memory);
  }
}
