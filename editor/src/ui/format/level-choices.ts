import type { LabelLevel } from '@heddle/core';

/** The label levels with their titles, as choices of a field. */
export const levelChoices: readonly (readonly [LabelLevel, string])[] = [
  ['public', 'Public'],
  ['internal', 'Internal'],
  ['confidential', 'Confidential'],
  ['restricted', 'Restricted'],
];
