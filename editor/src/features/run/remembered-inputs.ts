import { z } from 'zod';

const Inputs = z.record(z.string(), z.string());
const keyOf = (workflowId: string): string => `heddle.inputs.${workflowId}`;

/** The last values of a workflow's run form on this device. */
export function recallInputs(workflowId: string, storage: Pick<Storage, 'getItem'>): Readonly<Record<string, string>> {
  try {
    return Inputs.parse(JSON.parse(storage.getItem(keyOf(workflowId)) ?? '{}'));
  } catch {
    return {}; // another version of Heddle wrote them: the form starts empty
  }
}

/** Stores the values of the run form. A full or disabled storage does not prevent the run. */
export function rememberInputs(
  workflowId: string,
  inputs: Readonly<Record<string, string>>,
  storage: Pick<Storage, 'setItem'>,
): void {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(inputs));
  } catch {
    // The user only has to enter the values again.
  }
}
