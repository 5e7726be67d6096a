import type { Passage } from '@heddle/core';

const longestPassage = 1_500;

/**
 * Writes passages with their numbers for a prompt. They get half of the context of the model, at about two characters per token, which also
 * suits other languages; longer passages are cut.
 */
export function listPassages(passages: readonly Passage[], contextTokens: number): string {
  const longest = Math.min(longestPassage, Math.floor(contextTokens / passages.length));
  return passages
    .map(({ text }, index) => `[${index + 1}] ${text.slice(0, longest).replaceAll(/\s+/g, ' ')}`)
    .join('\n');
}
