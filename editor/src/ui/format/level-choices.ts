import type { LabelLevel } from '@heddle/core';

/** The levels of a label with their titles, for a choice. */
export const levelChoices: readonly (readonly [LabelLevel, string])[] = [
  ['public', 'Public'],
  ['internal', 'Internal'],
  ['confidential', 'Confidential'],
  ['restricted', 'Restricted'],
];
