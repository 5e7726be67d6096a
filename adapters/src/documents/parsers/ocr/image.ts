import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { HeddleError, type ParsedDocument, type TextSpan } from '@heddle/core';
import type { ParseOptions } from '../../parse-options.js';
import { picturePages } from './picture-pages.js';
import { loadRecogniser, type RecognisedLine } from './recogniser.js';

/** A picture as the text that is in it, a span for each page. Errors: `document_scanned` where text recognition is off. */
export async function parseImage(bytes: Uint8Array, mediaType: string, options: ParseOptions): Promise<ParsedDocument> {
  const { recognise } = options.limits;
  if (recognise === '') throw scanned('This is a picture, and text recognition is off');
  const recogniser = await loadRecogniser(recognise);
  const parts: string[] = [];
  const spans: TextSpan[] = [];
  let length = 0;
  let pages = 0;
  for (const page of picturePages(bytes, options.limits.recognisedPages)) {
    pages += 1;
    const text = paragraphsOf(recogniser.read(page));
    options.onPage?.();
    await yieldToEventLoop();
    if (text === '') continue;
    spans.push({ start: length, end: length + text.length, page: pages });
    parts.push(text);
    length += text.length + 2;
  }
  if (parts.length === 0)
    throw new HeddleError('document_empty', 'The picture has no text that can be recognised: it can be left out.');
  return { mediaType, format: 'text', text: parts.join('\n\n'), spans, metadata: { pages, recognised: recognise } };
}

/** Lines as paragraphs; a word that is divided at the end of a line is joined. */
const paragraphsOf = (lines: readonly RecognisedLine[]): string =>
  lines
    .map(({ text, isFirst }, index) => `${index === 0 ? '' : isFirst ? '\n\n' : '\n'}${text}`)
    .join('')
    .replace(/(\p{L})-\n(?=\p{Ll})/gu, '$1');

/** The error of a document whose text is in a picture. */
export const scanned = (what: string): HeddleError =>
  new HeddleError(
    'document_scanned',
    `${what}: set HEDDLE_OCR to a language such as eng, or give the document as text.`,
  );
