import { isStoreFault, type HeddleError } from '@heddle/core';

const passing: ReadonlySet<string> = new Set(['busy', 'shutting_down', 'kill_switch']);

/** Whether the cause of an error passes by itself, so that a run can start later. */
export function passesByItself(error: HeddleError): boolean {
  return passing.has(error.code) || isStoreFault(error);
}
