import { isAtMost, type ErrorValue, type Label, type LabelLevel } from '@heddle/core';

/**
 * The error of a run as somebody outside may hear it: its words may be made of what the execution that failed had read (B2), so above
 * the clearance the code alone is told.
 */
export function errorWithin(
  error: ErrorValue,
  label: Label | undefined,
  clearance: LabelLevel,
): Pick<ErrorValue, 'code' | 'message' | 'details'> {
  const { code, message, details } = error;
  if (label === undefined || isAtMost(label.level, clearance))
    return { code, message, ...(details === undefined ? {} : { details }) };
  return {
    code,
    message: `The run failed. What it says is ${label.level}, and ${clearance} at most is told here: who may read the run sees it.`,
  };
}
