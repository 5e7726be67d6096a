/** A text as Postgres takes it: without the character 0 and without halves of characters. */
export const cleanText = (text: string): string =>
  Buffer.from(text, 'utf8').toString('utf8').replaceAll('\u0000', '\uFFFD');

/** JSON as Postgres takes it; null for undefined. */
export const cleanJson = (value: unknown): string | null =>
  value === undefined ? null : JSON.stringify(value, (_key, inner: unknown) => cleanValue(inner));

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), inner]));
}
