import type { Connection, ModelPrice, Usage } from '@heddle/core';

/** The price of a model: its own entry, otherwise the longest matching entry that ends with `*`. */
export function findPrice(prices: readonly ModelPrice[], model: string): ModelPrice | undefined {
  let best: ModelPrice | undefined;
  for (const price of prices) {
    if (price.model === model) return price;
    const isCovered = price.model.endsWith('*') && model.startsWith(price.model.slice(0, -1));
    if (isCovered && (best === undefined || price.model.length > best.model.length)) best = price;
  }
  return best;
}

/** Anthropic's prices for cached tokens, as shares of the input price, for entries that do not name them. */
const anthropicParts = { read: 0.1, write: 1.25 };

/**
 * The price of a text model, including the prices for cached tokens. For providers other than Anthropic, an unnamed cache price is the
 * input price, so that the cost is never too low.
 */
export function textPriceOf({ kind, prices, promptCache }: Connection, model: string): ModelPrice | undefined {
  const price = findPrice(prices, model);
  if (price === undefined || kind !== 'anthropic') return price;
  const { inputPerMillion: input, cachedPerMillion = input * anthropicParts.read } = price;
  const cacheWritePerMillion = price.cacheWritePerMillion ?? input * anthropicParts.write;
  return { ...price, cachedPerMillion, ...(promptCache === 'off' ? {} : { cacheWritePerMillion }) };
}

/** Adds the cost and the savings of the provider's cache, if the price is known. */
export function priceUsage(usage: Usage, price: ModelPrice | undefined): Usage {
  if (price === undefined) return usage;
  const { inputPerMillion, outputPerMillion, currency } = price;
  const read = Math.min(usage.cachedTokens ?? 0, usage.inputTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - read);
  const saved =
    read * (inputPerMillion - (price.cachedPerMillion ?? inputPerMillion)) -
    written * ((price.cacheWritePerMillion ?? inputPerMillion) - inputPerMillion);
  const whole = usage.inputTokens * inputPerMillion + usage.outputTokens * outputPerMillion;
  return {
    ...usage,
    cost: (whole - saved) / 1_000_000,
    ...(saved === 0 ? {} : { cacheSaved: saved / 1_000_000 }),
    currency,
  };
}
