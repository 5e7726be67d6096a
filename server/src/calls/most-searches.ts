/**
 * The most searches that a provider of rerankers can count for a call. Providers cut each text into parts of 500 tokens, query included,
 * and count one search for each hundred parts. Since no token is shorter than a byte, bytes give an upper bound.
 */
export function mostSearches(query: string, texts: readonly string[]): number {
  const asked = Math.min(Buffer.byteLength(query), 250);
  const parts = texts.map((text) => Math.ceil((Buffer.byteLength(text) + 1) / (500 - asked)));
  return Math.ceil(parts.reduce((sum, count) => sum + count, 0) / 100);
}
