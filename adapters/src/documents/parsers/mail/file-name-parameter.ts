/**
 * The parameter of a Content-Disposition header for a file name of any characters (RFC 8187).
 *
 * @example fileNameParameter("it's.doc") // "filename*=UTF-8''it%27s.doc"
 */
export function fileNameParameter(name: string): string {
  // An unpaired surrogate cannot be encoded; the buffer replaces it.
  const encoded = encodeURIComponent(Buffer.from(name).toString());
  const whole = encoded.replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `filename*=UTF-8''${whole}`;
}
