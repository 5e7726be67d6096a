import { isStoreFault, type HeddleError } from '@heddle/core';

const passing: ReadonlySet<string> = new Set(['busy', 'shutting_down', 'kill_switch']);

/** Whether the cause of an error is temporary, so that the same run can start later. */
export function isTemporary(error: HeddleError): boolean {
  return passing.has(error.code) || isStoreFault(error);
}

/** As `isTemporary`, for a run that is one of many: many runs can exceed a rate limit, which is temporary too. */
export const isTemporaryForOneOfMany = (error: HeddleError): boolean =>
  isTemporary(error) || error.code === 'too_many_requests';
