import { isAtMost, type ErrorValue, type Label, type LabelLevel } from '@heddle/core';

/**
 * Gives the error of a run for callers outside. The message may quote what the failed execution read, so above the clearance only the code
 * is sent.
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
    message: `The run failed. Its message is ${label.level}, and replies carry ${clearance} at most: people who may read the run see it.`,
  };
}
