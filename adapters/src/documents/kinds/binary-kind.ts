import { HeddleError } from '@heddle/core';
import { fileTypeFromBuffer } from 'file-type';
import { zipKind } from '../zip/zip-kind.js';

/** Kinds that are recognised by their bytes. */
export type BinaryKind = 'pdf' | 'docx' | 'xlsx' | 'pptx' | 'epub';

const readable =
  'Heddle reads txt, md, html, pdf, docx, csv, json, jsonl, xlsx, pptx, epub, eml and xml: convert it to one of them.';

/**
 * Recognises a binary document by its content; undefined means text. Errors: `document_type`, `document_encrypted`,
 * `document_damaged`.
 */
export async function binaryKind(bytes: Uint8Array): Promise<BinaryKind | undefined> {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024));
  if (head.includes('%PDF-')) return 'pdf';
  if (head.length < 4) return undefined;
  const magic = head.readUInt32BE(0);
  if (magic === 0x504b0304 || magic === 0x504b0506) return zipKind(bytes);
  if (magic === 0xd0cf11e0) throw compoundFile(bytes);
  if (head.toString('latin1', 0, 5) === '{\\rtf')
    throw new HeddleError('document_type', `This is a rich text file (rtf). ${readable}`);
  const type = await fileTypeFromBuffer(bytes);
  if (type === undefined || type.mime.startsWith('text/') || /xml|json/.test(type.mime)) return undefined;
  throw new HeddleError('document_type', `This is a file of type ${type.mime}. ${readable}`, {
    details: { mediaType: type.mime },
  });
}

/** Old Office files and Office files with a password share one container. */
function compoundFile(bytes: Uint8Array): HeddleError {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (content.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
    return new HeddleError(
      'document_encrypted',
      'The Office document is protected by a password: save it without one and try again.',
    );
  }
  return new HeddleError('document_type', `This is an old Office file (doc, xls, ppt or msg). ${readable}`);
}
