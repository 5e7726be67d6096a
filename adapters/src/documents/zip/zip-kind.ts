import { HeddleError } from '@heddle/core';
import { openZip, type Zip } from './open-zip.js';

/** Recognises the kind of a zip package by its parts. Errors: `document_type`, and those of `openZip`. */
export async function zipKind(bytes: Uint8Array): Promise<'docx' | 'xlsx' | 'pptx' | 'epub' | 'odt' | 'ods' | 'odp'> {
  const zip = await openZip(bytes);
  if (zip.has('word/document.xml')) return 'docx';
  if (zip.has('xl/workbook.xml')) return 'xlsx';
  if (zip.has('ppt/presentation.xml')) return 'pptx';
  if (zip.has('META-INF/container.xml')) return 'epub';
  const open = await openDocumentKind(zip);
  if (open !== undefined) return open;
  if (zip.has('xl/workbook.bin'))
    throw new HeddleError('document_type', 'This is a binary workbook (xlsb): save it as xlsx.');
  throw new HeddleError('document_type', 'This is a zip archive, not a document: unpack it and import the folder.', {
    details: { mediaType: 'application/zip' },
  });
}

/** OpenDocument files declare their type in the part `mimetype`. */
async function openDocumentKind(zip: Zip): Promise<'odt' | 'ods' | 'odp' | undefined> {
  if (!zip.has('content.xml')) return undefined;
  const textOf = async (name: string): Promise<string> => Buffer.from((await zip.read(name)) ?? []).toString('latin1');
  const manifest = await textOf('META-INF/manifest.xml');
  if (manifest.includes('encryption-data'))
    throw new HeddleError('document_encrypted', 'It is protected by a password: save it without one and try again.');
  const type = /opendocument\.(text|spreadsheet|presentation|graphics)/.exec(
    `${await textOf('mimetype')} ${manifest}`,
  )?.[1];
  if (type === 'spreadsheet') return 'ods';
  if (type === 'presentation' || type === 'graphics') return 'odp';
  return type === 'text' ? 'odt' : undefined;
}
