import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { HeddleError, type ParsedDocument, type TextSpan } from '@heddle/core';
import type { ParseOptions } from '../../parse-options.js';
import { LineBoxWriter } from '../line-boxes.js';
import { picturePages } from './picture-pages.js';
import { loadRecogniser } from './recogniser.js';

/** Recognises the text of a picture, with a span for each page. Errors: `document_scanned` if text recognition is off. */
export async function parseImage(bytes: Uint8Array, mediaType: string, options: ParseOptions): Promise<ParsedDocument> {
  const { recognise } = options.limits;
  if (recognise === '') throw scanned('This is a picture, and text recognition is off');
  const recogniser = await loadRecogniser(recognise);
  const boxes = new LineBoxWriter('px');
  const spans: TextSpan[] = [];
  let text = '';
  let pages = 0;
  for (const page of picturePages(bytes, options.limits.recognisedPages)) {
    pages += 1;
    const { width, height, lines } = recogniser.read(page);
    boxes.addPage(width, height);
    const start = text === '' ? 0 : text.length + 2;
    for (const [at, line] of lines.entries()) {
      const joint = at === 0 ? (text === '' ? '' : '\n\n') : line.isFirst ? '\n\n' : '\n';
      // A word that is hyphenated at the end of a line is joined.
      if (joint === '\n' && /\p{L}-$/u.test(text) && /^\p{Ll}/u.test(line.text)) text = text.slice(0, -1);
      else text += joint;
      boxes.addLine(text.length, line);
      text += line.text;
    }
    options.onPage?.();
    await yieldToEventLoop();
    if (lines.length > 0) spans.push({ start, end: text.length, page: pages });
  }
  if (text === '')
    throw new HeddleError('document_empty', 'The picture has no text that can be recognised: leave it out.');
  return {
    mediaType,
    format: 'text',
    text,
    spans,
    boxes: boxes.boxes(),
    metadata: { pages, recognised: recognise },
  };
}

/** The error for a document whose text is only in a picture. */
export const scanned = (what: string): HeddleError =>
  new HeddleError(
    'document_scanned',
    `${what}: set HEDDLE_OCR to a language such as eng, or give the document as text.`,
  );
