import type { ModelPrice, Usage } from '@heddle/core';

/**
 * The most that these tokens, and searches of a reranker, cost: the provider's cache may write all input, at its price. Undefined where
 * no price is known.
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
