/**
 * The most searches that a provider of rerankers can count for a call. Providers cut a text into parts of 500 tokens with the query, and count a
 * search for each hundred parts. No token is shorter than a byte.
 */
export function mostSearches(query: string, texts: readonly string[]): number {
  const asked = Math.min(Buffer.byteLength(query), 250);
  const parts = texts.map((text) => Math.ceil((Buffer.byteLength(text) + 1) / (500 - asked)));
  return Math.ceil(parts.reduce((sum, count) => sum + count, 0) / 100);
}
