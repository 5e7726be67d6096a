import { HeddleError } from '@heddle/core';
import { openZip } from './open-zip.js';

/** Recognises a zip package by the parts in it. Errors: `document_type`, and those of the zip guard. */
export async function zipKind(bytes: Uint8Array): Promise<'docx' | 'xlsx' | 'pptx' | 'epub'> {
  const zip = await openZip(bytes);
  if (zip.has('word/document.xml')) return 'docx';
  if (zip.has('xl/workbook.xml')) return 'xlsx';
  if (zip.has('ppt/presentation.xml')) return 'pptx';
  if (zip.has('META-INF/container.xml')) return 'epub';
  throw new HeddleError('document_type', 'This is a zip archive and no document: unpack it and ingest the folder.', {
    details: { mediaType: 'application/zip' },
  });
}
