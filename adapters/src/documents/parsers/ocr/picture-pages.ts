import { HeddleError } from '@heddle/core';

/**
 * Yields the pages of a picture: a TIFF may have several, other formats have one. A TIFF's header points to one page, so each page is the
 * same file with a different pointer.
 */
export function* picturePages(bytes: Uint8Array, most: number): Generator<Uint8Array> {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8));
  const order = head.toString('latin1', 0, 2);
  const isTiff = head.length === 8 && (order === 'II' || order === 'MM');
  if (!isTiff) {
    yield bytes;
    return;
  }
  const content = Buffer.from(bytes);
  const isLittle = order === 'II';
  const seen = new Set<number>();
  const word = (at: number): number => (isLittle ? content.readUInt16LE(at) : content.readUInt16BE(at));
  const long = (at: number): number => (isLittle ? content.readUInt32LE(at) : content.readUInt32BE(at));
  for (let at = long(4); at !== 0;) {
    if (seen.has(at) || at + 6 > content.length)
      throw new HeddleError('document_damaged', 'The list of pages of the picture is damaged: save it again.');
    if (seen.size >= most)
      throw new HeddleError('document_too_large', `The picture has more than ${most} pages: split it.`);
    seen.add(at);
    if (isLittle) content.writeUInt32LE(at, 4);
    else content.writeUInt32BE(at, 4);
    yield content;
    const next = at + 2 + word(at) * 12;
    if (next + 4 > content.length) return;
    at = long(next);
  }
}
