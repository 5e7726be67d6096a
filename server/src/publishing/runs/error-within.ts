import { isAtMost, type ErrorValue, type Label, type LabelLevel } from '@heddle/core';

/**
 * The error of a run for callers outside. Its message may contain what the failed execution had read, so above the clearance only the
 * code is sent.
 */
export function errorWithin(
  error: ErrorValue,
  label: Label | undefined,
  clearance: LabelLevel,
): Pick<ErrorValue, 'code' | 'message' | 'details'> {
  const { code, message, details } = error;
  if (label === undefined || isAtMost(label.level, clearance)) return { code, message, details };
  return {
    code,
    message: `The run failed. What it says is ${label.level}, and ${clearance} at most is told here: who may read the run sees it.`,
  };
}
