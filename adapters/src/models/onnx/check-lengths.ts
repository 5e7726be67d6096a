import { HeddleError } from '@heddle/core';

/**
 * Refuses texts that are too long, and names the first of them. Without `refusesFrom`, long texts are cut instead, and nothing is checked.
 * Errors: `context_too_long`.
 */
export function checkLengths(
  tokens: readonly number[],
  {
    model,
    maxTokens,
    refusesFrom,
  }: { readonly model: string; readonly maxTokens: number; readonly refusesFrom?: number | undefined },
): void {
  const index = refusesFrom === undefined ? -1 : tokens.findIndex((count) => count > maxTokens);
  const inputTokens = tokens[index];
  if (refusesFrom === undefined || inputTokens === undefined) return;
  throw new HeddleError(
    'context_too_long',
    `Text ${refusesFrom + index} has ${inputTokens} tokens, but '${model}' reads at most ${maxTokens}: shorten or split it, or choose a model with a longer context.`,
    { details: { model, input: 'input', text: refusesFrom + index, inputTokens, contextTokens: maxTokens } },
  );
}
