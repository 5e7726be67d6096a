import type { ModelPrice, Usage } from '@heddle/core';

/** What so many tokens cost; undefined where no price is known. */
export function costOf(
  usage: Pick<Usage, 'inputTokens' | 'outputTokens'>,
  price: ModelPrice | undefined,
): number | undefined {
  return price === undefined
    ? undefined
    : (usage.inputTokens * price.inputPerMillion + usage.outputTokens * price.outputPerMillion) / 1_000_000;
}
