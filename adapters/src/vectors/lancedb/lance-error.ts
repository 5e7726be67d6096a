import { collectionNotFound, HeddleError } from '@heddle/core';

/** Converts what LanceDB throws into a HeddleError that names the folder and says what to do. */
export function toLanceError(
  error: unknown,
  { folder, collection }: { readonly folder: string; readonly collection?: string },
): HeddleError {
  if (error instanceof HeddleError) return error;
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 300) ?? '';
  const details = { reason, collection };
  if (/no space left|ENOSPC|SQLITE_FULL|os error 28/i.test(reason))
    return new HeddleError('storage_full', `The disk of LanceDB's folder '${folder}' is full: free space there.`, {
      cause: error,
      details,
      retryable: true,
    });
  if (collection !== undefined && /not found: .*_versions|Table '.*' was not found/i.test(reason))
    return collectionNotFound(collection);
  if (
    /permission denied|read-only file system|EACCES|EROFS|SQLITE_(READONLY|CANTOPEN)|os error (13|30)\b/i.test(reason)
  )
    return new HeddleError(
      'vector_store_failed',
      `The folder of LanceDB '${folder}' cannot be written (${reason}): check its owner and permissions, and LANCEDB_FOLDER.`,
      { cause: error, details },
    );
  return new HeddleError('vector_store_failed', `LanceDB in '${folder}' failed: ${reason}`, {
    cause: error,
    details,
    retryable: /conflict|timed? ?out|retry/i.test(reason),
  });
}
