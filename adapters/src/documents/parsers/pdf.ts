import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { HeddleError, type LineBoxes, type ParsedDocument, type UnreadPart } from '@heddle/core';
import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import type { DocumentLimits } from '../limits.js';
import type { ParseOptions } from '../parse-options.js';
import { scanned } from './ocr/image.js';
import { loadRecogniser } from './ocr/recogniser.js';
import { attachedFiles } from './pdf/attached-files.js';
import { openForm } from './pdf/checked-fields.js';
import { headingLevels, type HeadingLevel } from './pdf/headings.js';
import { LineBoxWriter } from './line-boxes.js';
import { pageSpans } from './page-spans.js';
import type { PageLine, PageText } from './pdf/page-line.js';
import { pageLines } from './pdf/page-lines.js';
import { runtimeOf, withPdf } from './pdf/pdfium.js';
import { hasContent, recognisedLines } from './pdf/recognised-lines.js';
import { withoutRunningLines } from './pdf/running-lines.js';

/** Converts a PDF to Markdown: paragraphs by their spacing, headings by their font, and a span for each page and section. */
export async function parsePdf(bytes: Uint8Array, options: ParseOptions): Promise<ParsedDocument> {
  return withPdf(bytes, async (pdfium, document) => {
    const read = readPages(pdfium, document, options.limits);
    const attached = attachedFiles(pdfium, document, options.limits.sourceBytes);
    const { pages, recognised, ...scans } = await withScannedPages(pdfium, document, read, options);
    const written = write(withoutRunningLines(pages));
    const { pageStarts, boxes } = written;
    // A PDF that contains only files gets a text that names them.
    const text =
      written.text === '' && attached.parts.length > 0
        ? `Attachments: ${attached.parts.map(({ name }) => name).join(', ')}`
        : written.text;
    const unread = [...scans.unread, ...attached.unread];
    const title = metaTitle(pdfium, document);
    const spans = pageSpans(
      text,
      pageStarts.map((start, index) => ({ start, page: index + 1 })),
    );
    const heading = spans.find((span) => span.headings !== undefined)?.headings?.[0];
    const best = title ?? heading;
    return {
      mediaType: 'application/pdf',
      format: 'markdown',
      text,
      spans,
      boxes,
      metadata: { pages: pages.length, ...(recognised.length === 0 ? {} : { recognisedPages: recognised }) },
      title: best,
      ...(attached.parts.length === 0 ? {} : { parts: attached.parts }),
      ...(unread.length === 0 ? {} : { unread }),
    };
  });
}

interface ScannedPages {
  readonly pages: readonly PageText[];
  /** Numbers of the pages whose text was recognised. */
  readonly recognised: readonly number[];
  readonly unread: readonly UnreadPart[];
}

/**
 * Recognises the text of pages that show something but have no text. If recognition is off, these pages are named; a document with no other
 * pages is refused.
 */
async function withScannedPages(
  pdfium: WrappedPdfiumModule,
  document: number,
  read: readonly PageText[],
  { limits, onPage }: ParseOptions,
): Promise<ScannedPages> {
  const scans = [...read.entries()]
    .filter(([index, { lines }]) => lines.length === 0 && hasContent(pdfium, document, index))
    .map(([index]) => index);
  const recogniser = scans.length === 0 || limits.recognise === '' ? undefined : await loadRecogniser(limits.recognise);
  const pages = [...read];
  const recognised: number[] = [];
  const unread: UnreadPart[] = [];
  for (const [count, index] of scans.entries()) {
    const name = `page ${index + 1}`;
    if (recogniser === undefined)
      unread.push({ name, ...partOf(scanned('It is a picture, and text recognition is off')) });
    else if (count >= limits.recognisedPages)
      unread.push({
        name,
        code: 'document_too_large',
        message: `It is a picture, and the limit of ${limits.recognisedPages} recognised pages is reached: split the document.`,
      });
    else {
      pages[index] = recognisedLines(pdfium, document, index, recogniser);
      if ((pages[index]?.lines.length ?? 0) > 0) recognised.push(index + 1);
      onPage?.();
      await yieldToEventLoop();
    }
  }
  if (recogniser === undefined && scans.length > 0 && read.every(({ lines }) => lines.length === 0))
    throw scanned('Its pages are pictures, and text recognition is off');
  return { pages, recognised, unread };
}

const partOf = ({ code, message }: HeddleError): Pick<UnreadPart, 'code' | 'message'> => ({ code, message });

function readPages(pdfium: WrappedPdfiumModule, document: number, limits: DocumentLimits): readonly PageText[] {
  const pages: PageText[] = [];
  let length = 0;
  const count = pdfium.FPDF_GetPageCount(document);
  const form = openForm(pdfium, document);
  try {
    for (let index = 0; index < count; index += 1) {
      const page = pageLines(pdfium, document, index, form);
      length += page.lines.reduce((sum, line) => sum + line.text.length + 1, 0);
      if (length > limits.textLength) {
        throw new HeddleError(
          'document_too_large',
          `Its text exceeds ${limits.textLength} characters at page ${index + 1}: split it into smaller documents.`,
        );
      }
      pages.push(page);
    }
  } finally {
    form?.close();
  }
  return pages;
}

interface Written {
  readonly text: string;
  readonly pageStarts: readonly number[];
  readonly boxes: LineBoxes | undefined;
}

/** Writes lines as paragraphs and headings. A paragraph that continues after a page break stays one paragraph. */
function write(pages: readonly PageText[]): Written {
  const levelOf = headingLevels(pages.map(({ lines }) => lines));
  const boxes = new LineBoxWriter('pt');
  const pageStarts: number[] = [];
  const parts: string[] = [];
  let length = 0;
  let before: { line: PageLine; level: number } | undefined;
  for (const { width, height, lines } of pages) {
    const gap = usualGap(lines, levelOf);
    boxes.addPage(width, height);
    for (const [index, line] of lines.entries()) {
      const level = levelOf(line);
      const joint = jointOf(before, line, level, index === 0, gap);
      const isGoingOn = before !== undefined && level > 0 && (joint === ' ' || joint === '');
      const part = `${joint}${level > 0 && !isGoingOn ? `${'#'.repeat(level)} ` : ''}${line.text}`;
      if (index === 0) pageStarts.push(length + joint.length);
      parts.push(part);
      boxes.addLine(length + joint.length, line.box);
      length += part.length;
      before = { line, level };
    }
    if (lines.length === 0) pageStarts.push(length);
  }
  return { text: parts.join(''), pageStarts, boxes: boxes.boxes() };
}

/** The separator of two lines: none (a word continues), a space (a heading continues), a line end, or an empty line. */
function jointOf(
  before: { line: PageLine; level: number } | undefined,
  line: PageLine,
  level: number,
  isNewPage: boolean,
  gap: number,
): string {
  if (before === undefined) return '';
  if (line.isBlock === true) return '\n\n';
  if (before.line.isHyphenated && level === before.level) return '';
  if (level > 0 || before.level > 0)
    return level === before.level && level > 0 && !isNewPage && distance(before.line, line) < line.size * 1.2
      ? ' '
      : '\n\n';
  const between = distance(before.line, line);
  // The line is on the next page or in the next column.
  if (isNewPage || between < -line.size * 2)
    return /[.!?:]["')\]]?$/.test(before.line.text) || !/^\p{Ll}/u.test(line.text) ? '\n\n' : '\n';
  return between > gap + line.size * 0.35 ? '\n\n' : '\n';
}

const distance = (above: PageLine, below: PageLine): number => below.top - above.bottom;

/** The usual space between two lines of body text on a page. */
function usualGap(page: readonly PageLine[], levelOf: HeadingLevel): number {
  const gaps: number[] = [];
  for (const [index, line] of page.entries()) {
    const above = page[index - 1];
    if (above === undefined || levelOf(line) > 0 || levelOf(above) > 0) continue;
    const between = distance(above, line);
    if (between > -line.size && between < line.size * 2) gaps.push(between);
  }
  gaps.sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length * 0.4)] ?? 0;
}

function metaTitle(pdfium: WrappedPdfiumModule, document: number): string | undefined {
  const { wasmExports } = pdfium.pdfium;
  const memory = wasmExports.malloc(1024);
  try {
    const length = pdfium.FPDF_GetMetaText(document, 'Title', memory, 1024);
    const title = length > 2 && length <= 1024 ? runtimeOf(pdfium).UTF16ToString(memory).trim() : '';
    return title === '' || /^(untitled|microsoft word - .*|\S+\.\w{2,4})$/i.test(title) ? undefined : title;
  } finally {
    wasmExports.free(memory);
  }
}
