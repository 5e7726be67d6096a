import { HeddleError } from '@heddle/core';
import { fileTypeFromBuffer } from 'file-type';
import { zipKind } from '../zip/zip-kind.js';
import { readableList } from './kinds.js';

/** Kinds that are detected by their bytes. */
export type BinaryKind =
  | 'pdf'
  | 'docx'
  | 'xlsx'
  | 'pptx'
  | 'epub'
  | 'odt'
  | 'ods'
  | 'odp'
  | 'rtf'
  | 'doc'
  | 'xls'
  | 'ppt'
  | 'msg'
  | 'tnef'
  | 'image';

/**
 * Detects the kind of a binary document by its content; undefined for text. Errors: `document_type`, `document_encrypted`,
 * `document_damaged`.
 */
export async function binaryKind(bytes: Uint8Array): Promise<BinaryKind | undefined> {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024));
  if (head.includes('%PDF-')) return 'pdf';
  if (head.length < 4) return undefined;
  const magic = head.readUInt32BE(0);
  if (magic === 0x504b0304 || magic === 0x504b0506) return zipKind(bytes);
  if (magic === 0x789f3e22) return 'tnef';
  if (magic === 0xd0cf11e0) return (await import('../parsers/ole/ole-kind.js')).oleKind(bytes);
  if (/^(?:\xef\xbb\xbf)?\s*\{\\rtf/.test(head.toString('latin1', 0, 64))) return 'rtf';
  const type = await fileTypeFromBuffer(bytes);
  if (type === undefined || type.mime.startsWith('text/') || /xml|json/.test(type.mime)) return undefined;
  if (/^image\/(?:png|jpeg|tiff|bmp|webp|gif)$/.test(type.mime)) return 'image';
  throw new HeddleError('document_type', `This is a file of type ${type.mime}. ${readableList}`, {
    details: { mediaType: type.mime },
  });
}

export const imageType = async (bytes: Uint8Array): Promise<string> =>
  (await fileTypeFromBuffer(bytes))?.mime ?? 'image/png';
