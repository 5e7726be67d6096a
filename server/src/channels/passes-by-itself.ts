import { isStoreFault, type HeddleError } from '@heddle/core';

const passing: ReadonlySet<string> = new Set(['busy', 'shutting_down', 'kill_switch']);

/** Whether the cause of an error passes by itself, so that a run can start later. */
export function passesByItself(error: HeddleError): boolean {
  return passing.has(error.code) || isStoreFault(error);
}

/** The same for one of many runs: their number can exceed a rate limit, which passes too. */
export const passesForOneOfMany = (error: HeddleError): boolean =>
  passesByItself(error) || error.code === 'too_many_requests';
