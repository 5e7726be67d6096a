import { HeddleError } from '@heddle/core';

/** Some programs name a character set in this header; it has no effect. */
const compressed = /\b(?:gzip|deflate|br|zstd|compress)\b/i;

/** Bodies are not decompressed; a compressed one would be parsed as broken JSON. Errors: `unsupported_media_type`. */
export function checkEncoding(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined || !compressed.test(contentEncoding)) return;
  throw new HeddleError(
    'unsupported_media_type',
    `Bodies are not decompressed here: send it without Content-Encoding (${contentEncoding.slice(0, 40)}).`,
  );
}
