import { type ErrorCode, type HeddleError } from '@heddle/core';

/**
 * What is true of every row that has not run, and says nothing about this one: the workflow is off the air, or who began the batch may
 * not run it any more. The batch pauses, and its rows wait.
 */
const ofBatch: ReadonlySet<ErrorCode> = new Set([
  'not_published',
  'workflow_not_found',
  'version_not_found',
  'unauthorized',
  'forbidden',
  'scope_missing',
  'key_not_found',
  'key_expired',
  'user_not_found',
  'project_not_found',
  'project_archived',
]);

/** Why a batch pauses by itself where a row is refused; undefined where the refusal is about the row. */
export function whyPaused({
  code,
  message,
}: HeddleError): { readonly code: ErrorCode; readonly message: string } | undefined {
  if (!ofBatch.has(code)) return undefined;
  return { code, message: `${message} No further row begins: put that right and resume the batch, or cancel it.` };
}
