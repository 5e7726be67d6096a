import { type ErrorCode, type HeddleError } from '@heddle/core';

/**
 * Errors that concern every remaining row: the workflow is no longer published, or the creator of the batch may not run it. The batch
 * pauses, and its rows wait.
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

/** Why a refused row pauses its batch; undefined if the error concerns only this row. */
export function whyPaused({
  code,
  message,
}: HeddleError): { readonly code: ErrorCode; readonly message: string } | undefined {
  if (!ofBatch.has(code)) return undefined;
  return { code, message: `${message} No further row starts: correct that and resume the batch, or cancel it.` };
}
