import { existsSync, statSync } from 'node:fs';
import { HeddleError } from '@heddle/core';

/**
 * Refuses a file of vectors that somebody emptied, or that is missing where it was there once. Errors: `storage_corrupt`.
 *
 * @example refuseLost(file, { wasThere: true })
 */
export function refuseLost(file: string, { wasThere }: { readonly wasThere: boolean }): void {
  if (existsSync(file)) {
    if (statSync(file).size === 0) throw lost(file, 'is empty');
    return;
  }
  if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0)
    throw lost(file, 'is missing, while its log is there');
  if (wasThere) throw lost(file, 'is missing, and it was there before');
}

function lost(file: string, words: string): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `The file '${file}' ${words}: restore a backup (heddle restore), or stop Heddle, begin anew with 'heddle collections reset', and take the documents in again.`,
    { details: { place: file } },
  );
}
