import type { ProviderBatch } from '@heddle/core';

/** Whether model calls of many runs are sent as provider batches, as choices of a field. */
export const providerBatchChoices: readonly (readonly [ProviderBatch, string])[] = [
  ['off', 'At once'],
  ['prefer', 'In batches of the provider, else at once'],
  ['only', 'Only in batches of the provider'],
];

/** The help text of the field for provider batches. */
export const providerBatchHelp =
  'OpenAI and Anthropic answer batches within 24 hours, at half the price. Calls of agents, and calls of other providers, are made at once.';
