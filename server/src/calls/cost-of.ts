import type { ModelPrice, Usage } from '@heddle/core';

/**
 * The most that these tokens, and searches of a reranker, can cost. It assumes that the provider's cache writes all input, at the cache's
 * price. Undefined if no price is known.
 */
export function costOf(
  usage: Pick<Usage, 'inputTokens' | 'outputTokens'> & { readonly searches?: number },
  price: ModelPrice | undefined,
): number | undefined {
  return price === undefined
    ? undefined
    : (usage.inputTokens * Math.max(price.inputPerMillion, price.cacheWritePerMillion ?? 0) +
        usage.outputTokens * price.outputPerMillion) /
        1_000_000 +
        ((usage.searches ?? 0) * (price.perThousandSearches ?? 0)) / 1_000;
}
