import { toErrorValue, type CallScope } from '@heddle/core';
import type { CallGuard, PlannedCall, SettleCall } from './call-guard.js';

/** Asks every guard in order. Returns one function that reports the result to all of them. Errors: the first refusal. */
export async function admitCall(
  guards: readonly CallGuard[],
  call: PlannedCall,
  scope: CallScope,
): Promise<SettleCall> {
  const settles: SettleCall[] = [];
  try {
    for (const guard of guards) {
      const settle = await guard.admit(call, scope);
      if (settle !== undefined) settles.push(settle);
    }
  } catch (error) {
    for (const settle of settles) await settle({ usage: undefined, ms: 0, error: toErrorValue(error, 'internal') });
    throw error;
  }
  return async (outcome) => {
    for (const settle of settles) await settle(outcome);
  };
}
