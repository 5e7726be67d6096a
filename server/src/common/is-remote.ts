import { splitModelId } from '@heddle/core';

/** Whether a model id names a model of a connection. */
export function isRemote(id: string): boolean {
  return splitModelId(id).connection !== undefined;
}
