import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import type { Box } from '../line-boxes.js';
import { enclosingBox } from './enclosing-box.js';
import type { FormReader } from './checked-fields.js';
import { fieldLines } from './field-lines.js';
import { withoutLetterSpaces, type PageCharacter } from './letter-spaces.js';
import type { PageLine, PageText } from './page-line.js';
import { pageView, type PageView } from './page-view.js';
import { runtimeOf } from './pdfium.js';
import { readingOrder, type LinePiece } from './reading-order.js';

/** Codes with which the library marks a word that continues in the next line. They replace the hyphen and the line end. */
const lineHyphens: ReadonlySet<number> = new Set([0x2, 0xfffe]);
const hyphen = 0x2d;
const maxCharacters = 400_000;
const longestLine = 20_000;
/** Flattens what is displayed on a screen, without hidden fields. */
const asDisplayed = 0;
/** The library's result if it had something to flatten. */
const flattened = 1;
/** Words in a line are closer to each other than this many times the height of a character. */
const widestSpace = 1.1;

/** The lines of a page in reading order, including the text of its filled fields and notes. */
export function pageLines(pdfium: WrappedPdfiumModule, document: number, index: number, form?: FormReader): PageText {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (page === 0) return { width: 0, height: 0, lines: [] };
  if (pdfium.FPDFPage_GetAnnotCount(page) <= 0) return loadedLines(pdfium, page);
  const view = pageView(pdfium, page);
  // Called first, because it may give fields an appearance, and their text is then on the page.
  const checked = form?.checked(page, view) ?? [];
  const bare = [...fieldLines(pdfium, page, view), ...checked];
  // The appearances of text fields become part of the page when it is next loaded.
  if (pdfium.FPDFPage_Flatten(page, asDisplayed) !== flattened) return withLines(loadedLines(pdfium, page), bare);
  pdfium.FPDF_ClosePage(page);
  const flat = pdfium.FPDF_LoadPage(document, index);
  return flat === 0 ? { width: 0, height: 0, lines: bare } : withLines(loadedLines(pdfium, flat), bare);
}

const withLines = (page: PageText, more: readonly PageLine[]): PageText => ({
  ...page,
  lines: [...page.lines, ...more],
});

/** Reads the lines of a loaded page and closes the page. */
function loadedLines(pdfium: WrappedPdfiumModule, page: number): PageText {
  const textPage = pdfium.FPDFText_LoadPage(page);
  try {
    const view = pageView(pdfium, page);
    const { width, height } = view;
    return { width, height, lines: textPage === 0 ? [] : readingOrder(piecesOf(pdfium, textPage, view)) };
  } finally {
    if (textPage !== 0) pdfium.FPDFText_ClosePage(textPage);
    pdfium.FPDF_ClosePage(page);
  }
}

/** The library's lines, split at wide gaps that may separate columns. */
function piecesOf(pdfium: WrappedPdfiumModule, textPage: number, view: PageView): readonly LinePiece[] {
  const pieces: LinePiece[] = [];
  const count = Math.min(pdfium.FPDFText_CountChars(textPage), maxCharacters);
  const boxAt = boxReader(pdfium, textPage, view);
  let line: PageCharacter[] = [];
  const close = (isHyphenated: boolean): void => {
    const parts = cutAtGaps(withoutLetterSpaces(pdfium, textPage, line));
    for (const [at, { text, box, first }] of parts.entries())
      pieces.push({
        text,
        isHyphenated: isHyphenated && at === parts.length - 1,
        isContinued: at > 0,
        box,
        ...styleOf(pdfium, textPage, first),
      });
    line = [];
  };
  for (let index = 0; index < count; index += 1) {
    const code = pdfium.FPDFText_GetUnicode(textPage, index) >>> 0;
    if (code === 10) close(false);
    else if (lineHyphens.has(code)) {
      // Only a word that continues in lower case was divided; Jean-Paul and A-B keep their hyphen.
      if (!isLowerCase(pdfium.FPDFText_GetUnicode(textPage, index + 1)))
        line.push({ code: hyphen, index, box: undefined });
      close(true);
    } else if (code !== 13 && code !== 0 && code <= 0x10ffff) {
      line.push({ code, index, box: code > 32 ? boxAt(index) : undefined });
      if (line.length >= longestLine) close(false);
    }
  }
  close(false);
  boxAt.free();
  return pieces;
}

interface Part {
  readonly text: string;
  readonly box: Box | undefined;
  readonly first: PageCharacter;
}

function cutAtGaps(line: readonly PageCharacter[]): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  let before: Box | undefined;
  for (const [at, { box }] of line.entries()) {
    if (box === undefined) continue;
    const height = Math.max(box.bottom - box.top, before === undefined ? 0 : before.bottom - before.top);
    // A jump forwards, or backwards to a column whose line is a little lower.
    const gap = before === undefined ? 0 : Math.max(box.left - before.right, before.left - box.right);
    // Without a space before the gap, it may be letter spacing, so it must be wider.
    const least = line[at - 1]?.code === 32 ? Math.max(height * widestSpace, 7) : height * 4;
    if (gap > Math.max(least, 7)) {
      addPart(parts, line.slice(start, at));
      start = at;
    }
    before = box;
  }
  addPart(parts, line.slice(start));
  return parts;
}

function addPart(parts: Part[], characters: readonly PageCharacter[]): void {
  const text = String.fromCodePoint(...characters.map(({ code }) => code))
    .replace(/\s+/g, ' ')
    .trim();
  const first = characters.find(({ code }) => code > 32);
  if (text === '' || first === undefined) return;
  let box: Box | undefined;
  for (const one of characters) if (one.box !== undefined) box = enclosingBox(box, one.box);
  parts.push({ text, box, first });
}

const isLowerCase = (code: number): boolean =>
  code > 0 && code <= 0x10ffff && /\p{Ll}/u.test(String.fromCodePoint(code));

/** Reads the boxes of characters, reusing one buffer. */
function boxReader(
  pdfium: WrappedPdfiumModule,
  textPage: number,
  view: PageView,
): ((index: number) => Box | undefined) & { free(): void } {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(32);
  const read = (index: number): Box | undefined => {
    if (!pdfium.FPDFText_GetCharBox(textPage, index, memory, memory + 8, memory + 16, memory + 24)) return undefined;
    const runtime = runtimeOf(pdfium);
    const [left = 0, right = 0, bottom = 0, top = 0] = [0, 8, 16, 24].map((at) =>
      runtime.getValue(memory + at, 'double'),
    );
    return view.boxOf(left, bottom, right, top);
  };
  return Object.assign(read, { free: () => wasmExports.free(memory) });
}

function styleOf(
  pdfium: WrappedPdfiumModule,
  textPage: number,
  { index, box }: PageCharacter,
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
    return {
      size: Math.round(size * 2) / 2,
      isBold: /bold|black|heavy|demi/i.test(font),
      top: box?.top ?? 0,
      bottom: box?.bottom ?? 0,
    };
  } finally {
    wasmExports.free(memory);
  }
}
