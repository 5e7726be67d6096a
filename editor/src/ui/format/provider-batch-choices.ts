import type { ProviderBatch } from '@heddle/core';

/** How model calls of many runs are made, for a field of a form. */
export const providerBatchChoices: readonly (readonly [ProviderBatch, string])[] = [
  ['off', 'At once'],
  ['prefer', 'In batches of the provider, else at once'],
  ['only', 'Only in batches of the provider'],
];

/** The help of that field. */
export const providerBatchHelp =
  'OpenAI and Anthropic answer batches within 24 hours, at half the price. Calls of agents, and calls of other providers, are made at once.';
