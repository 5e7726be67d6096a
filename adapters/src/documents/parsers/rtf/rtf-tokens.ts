type RtfToken =
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  | { readonly kind: 'word'; readonly word: string; readonly value?: number | undefined }
  | { readonly kind: 'byte'; readonly byte: number };

/** Yields the tokens of an RTF file; binary pictures are skipped. Linear. */
export function* rtfTokens(bytes: Uint8Array): Generator<RtfToken> {
  const isLetter = (code: number | undefined): boolean => code !== undefined && (code | 32) >= 97 && (code | 32) <= 122;
  const isDigit = (code: number | undefined): boolean => code !== undefined && code >= 48 && code <= 57;
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at] ?? 0;
    at += 1;
    if (code === 0x7b) yield { kind: 'open' };
    else if (code === 0x7d) yield { kind: 'close' };
    else if (code === 13 || code === 10 || code === 0) continue;
    else if (code !== 0x5c) yield { kind: 'byte', byte: code };
    else if (!isLetter(bytes[at])) {
      const sign = String.fromCharCode(bytes[at] ?? 32);
      at += 1;
      if (sign === "'") {
        const byte = Number.parseInt(Buffer.from(bytes.subarray(at, at + 2)).toString('latin1'), 16);
        at += 2;
        if (!Number.isNaN(byte)) yield { kind: 'byte', byte };
      } else yield { kind: 'word', word: sign === '\n' || sign === '\r' ? 'par' : sign };
    } else {
      const start = at;
      while (isLetter(bytes[at]) && at - start < 32) at += 1;
      const word = Buffer.from(bytes.subarray(start, at)).toString('latin1');
      const from = at;
      if (bytes[at] === 0x2d) at += 1;
      while (isDigit(bytes[at]) && at - from < 11) at += 1;
      const digits = Buffer.from(bytes.subarray(from, at)).toString('latin1');
      const value = /\d/.test(digits) ? Number(digits) : undefined;
      if (bytes[at] === 32) at += 1;
      if (word === 'bin') at += Math.max(0, value ?? 0);
      else yield { kind: 'word', word, value };
    }
  }
}
