import { HeddleError } from '@heddle/core';

/** Encodings that are refused. Some programs put a character set into this header, which is ignored. */
const compressed = /\b(?:gzip|deflate|br|zstd|compress)\b/i;

/** Refuses compressed bodies. They are not decompressed, so they would be parsed as broken JSON. Errors: `unsupported_media_type`. */
export function checkEncoding(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined || !compressed.test(contentEncoding)) return;
  throw new HeddleError(
    'unsupported_media_type',
    `Bodies are not decompressed here: send it without Content-Encoding (${contentEncoding.slice(0, 40)}).`,
  );
}
