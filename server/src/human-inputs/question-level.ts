import { LabelLevel, type LabelLevel as Level, type OpenRequest } from '@heddle/core';

/** The label level of a question. A question whose sources have no recorded label is never sent outside. */
export function questionLevel({ question }: Pick<OpenRequest, 'question'>): Level {
  const label: unknown = question.details?.['label'];
  const level: unknown = typeof label === 'object' && label !== null && 'level' in label ? label.level : undefined;
  return LabelLevel.catch('restricted').parse(level);
}
