import { isAtMost, type ErrorValue, type Label, type LabelLevel } from '@heddle/core';

/**
 * The error of a run as somebody outside may hear it: its words may be made of what the execution that failed had read (B2), so above
 * the ceiling the code alone is told.
 */
export function errorWithin(
  error: ErrorValue,
  label: Label | undefined,
  ceiling: LabelLevel,
): Pick<ErrorValue, 'code' | 'message' | 'details'> {
  const { code, message, details } = error;
  if (label === undefined || isAtMost(label.level, ceiling))
    return { code, message, ...(details === undefined ? {} : { details }) };
  return {
    code,
    message: `The run failed. What it says is ${label.level}, and ${ceiling} at most is told here: who may read the run sees it.`,
  };
}
