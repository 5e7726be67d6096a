import { HeddleError } from '@heddle/core';

/** Checks that a boundary has 1 to 70 characters (RFC 2046), because the parser's error for others is unclear. Errors: `bad_request`. */
export function checkBoundary(contentType: string | undefined): void {
  if (contentType === undefined || !/^\s*multipart\//i.test(contentType)) return;
  const found = /;\s*boundary=(?:"([^"]*)"|([^\s;]*))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2] ?? '';
  if (boundary === '' || boundary.length > 70)
    throw new HeddleError(
      'bad_request',
      'A multipart body needs a boundary of 1 to 70 characters in its Content-Type.',
    );
}
