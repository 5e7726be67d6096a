import { labelOf } from '@heddle/core';

/** The collection that tests make. */
export const pets = {
  name: 'pets',
  embedding: 'tiny',
  dimensions: 8,
  splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 },
  label: labelOf('internal'),
} as const;
