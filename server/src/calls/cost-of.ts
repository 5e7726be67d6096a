import type { ModelPrice, Usage } from '@heddle/core';

/** The cost of these tokens and searches of a reranker; undefined where no price is known. */
export function costOf(
  usage: Pick<Usage, 'inputTokens' | 'outputTokens'> & { readonly searches?: number },
  price: ModelPrice | undefined,
): number | undefined {
  return price === undefined
    ? undefined
    : (usage.inputTokens * price.inputPerMillion + usage.outputTokens * price.outputPerMillion) / 1_000_000 +
        ((usage.searches ?? 0) * (price.perThousandSearches ?? 0)) / 1_000;
}
