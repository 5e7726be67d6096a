import type { ModelPrice, Usage } from '@heddle/core';

/** The cost of these tokens; undefined where no price is known. */
export function costOf(
  usage: Pick<Usage, 'inputTokens' | 'outputTokens'>,
  price: ModelPrice | undefined,
): number | undefined {
  return price === undefined
    ? undefined
    : (usage.inputTokens * price.inputPerMillion + usage.outputTokens * price.outputPerMillion) / 1_000_000;
}
