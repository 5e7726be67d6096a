import { z } from 'zod';

const Inputs = z.record(z.string(), z.string());
const keyOf = (workflowId: string): string => `heddle.inputs.${workflowId}`;

/** The last input of a workflow's run form, on this device. */
export function recallInputs(workflowId: string, storage: Pick<Storage, 'getItem'>): Readonly<Record<string, string>> {
  try {
    return Inputs.parse(JSON.parse(storage.getItem(keyOf(workflowId)) ?? '{}'));
  } catch {
    return {}; // Written by another version or by hand: the form starts empty.
  }
}

/** Stores the input; a full or disabled storage does not fail a run. */
export function rememberInputs(
  workflowId: string,
  inputs: Readonly<Record<string, string>>,
  storage: Pick<Storage, 'setItem'>,
): void {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(inputs));
  } catch {
    // Nothing is lost but the convenience.
  }
}
