import { HeddleError, type PageImage } from '@heddle/core';
import { binaryKind, imageType } from '../kinds/binary-kind.js';
import type { DocumentLimits } from '../limits.js';

const shown = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/bmp'] as const;

/**
 * Returns a page as a picture: a PDF is rendered, and a picture that browsers show is returned as it is. Errors: `document_page`, those of
 * the parsers.
 */
export async function drawPage(content: Uint8Array, page: number, limits: DocumentLimits): Promise<PageImage> {
  const kind = await binaryKind(content);
  if (kind === 'pdf')
    return {
      mediaType: 'image/png',
      content: await (await import('../parsers/pdf/draw-page.js')).drawPdfPage(content, page),
    };
  if (kind !== 'image')
    throw new HeddleError('document_page', 'Only PDFs and pictures have pages to show: open the text of the document.');
  const type = await imageType(content);
  const mediaType = shown.find((one) => one === type);
  if (mediaType !== undefined && page === 1) return { mediaType, content };
  const { picturePages } = await import('../parsers/ocr/picture-pages.js');
  const { loadRecogniser } = await import('../parsers/ocr/recogniser.js');
  let number = 0;
  for (const picture of picturePages(content, limits.recognisedPages)) {
    number += 1;
    if (number === page)
      return {
        mediaType: 'image/png',
        content: (await loadRecogniser(limits.recognise === '' ? 'eng' : limits.recognise)).draw(picture),
      };
  }
  throw (await import('../parsers/pdf/draw-page.js')).noSuchPage(page, number);
}
