import { z } from 'zod';

const Inputs = z.record(z.string(), z.string());
const keyOf = (workflowId: string): string => `heddle.inputs.${workflowId}`;

/** What was last typed into a workflow's run form, on this device. */
export function recallInputs(workflowId: string, storage: Pick<Storage, 'getItem'>): Readonly<Record<string, string>> {
  try {
    return Inputs.parse(JSON.parse(storage.getItem(keyOf(workflowId)) ?? '{}'));
  } catch {
    return {}; // Written by another version or by hand: the form starts empty.
  }
}

/** Remembers what was typed; a full or forbidden storage is no reason to fail a run. */
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
