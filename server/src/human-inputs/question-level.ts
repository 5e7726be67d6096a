import { LabelLevel, type LabelLevel as Level, type OpenRequest } from '@heddle/core';

/** The label of a question. One without the label of its sources is not sent outside. */
export function questionLevel({ question }: Pick<OpenRequest, 'question'>): Level {
  const label: unknown = question.details?.['label'];
  const level: unknown = typeof label === 'object' && label !== null && 'level' in label ? label.level : undefined;
  return LabelLevel.catch('restricted').parse(level);
}
