import type { Passage } from '@heddle/core';

const longestPassage = 1_500;

/**
 * Passages with their numbers, for a prompt. Half of the context of the model is for them, at some two characters a token, so that other
 * languages fit too; longer passages are cut.
 */
export function listPassages(passages: readonly Passage[], contextTokens: number): string {
  const longest = Math.min(longestPassage, Math.floor(contextTokens / passages.length));
  return passages
    .map(({ text }, index) => `[${index + 1}] ${text.slice(0, longest).replaceAll(/\s+/g, ' ')}`)
    .join('\n');
}
