import { HeddleError } from '@heddle/core';

/** Some programs name a character set here: that changes nothing of the body. */
const compressed = /\b(?:gzip|deflate|br|zstd|compress)\b/i;

/** Bodies are taken as they are; a compressed one would be read as broken JSON. Errors: `unsupported_media_type`. */
export function checkEncoding(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined || !compressed.test(contentEncoding)) return;
  throw new HeddleError(
    'unsupported_media_type',
    `Bodies are not decompressed here: send it without Content-Encoding (${contentEncoding.slice(0, 40)}).`,
  );
}
