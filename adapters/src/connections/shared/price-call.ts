import type { ModelPrice, Usage } from '@heddle/core';

/** The price of a model: its own entry, else the longest one with a trailing `*` that its name begins with. */
export function findPrice(prices: readonly ModelPrice[], model: string): ModelPrice | undefined {
  let best: ModelPrice | undefined;
  for (const price of prices) {
    if (price.model === model) return price;
    const isCovered = price.model.endsWith('*') && model.startsWith(price.model.slice(0, -1));
    if (isCovered && (best === undefined || price.model.length > best.model.length)) best = price;
  }
  return best;
}

/** Usage with its cost where a price is known. */
export function priceUsage(usage: Usage, price: ModelPrice | undefined): Usage {
  if (price === undefined) return usage;
  const cached = Math.min(usage.cachedTokens ?? 0, usage.inputTokens);
  const cost =
    ((usage.inputTokens - cached) * price.inputPerMillion +
      cached * (price.cachedPerMillion ?? price.inputPerMillion) +
      usage.outputTokens * price.outputPerMillion) /
    1_000_000;
  return { ...usage, cost, currency: price.currency };
}
