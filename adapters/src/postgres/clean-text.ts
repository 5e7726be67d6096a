/** Makes a text acceptable to Postgres by replacing NUL characters (U+0000) and unpaired surrogates. */
export const cleanText = (text: string): string =>
  Buffer.from(text, 'utf8').toString('utf8').replaceAll('\u0000', '\uFFFD');

/** Encodes a value as JSON that Postgres accepts; null for undefined. */
export const cleanJson = (value: unknown): string | null =>
  value === undefined ? null : JSON.stringify(value, (_key, inner: unknown) => cleanValue(inner));

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), inner]));
}
