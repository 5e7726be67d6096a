import { openDatabase } from '@heddle/adapters/database';
import { checkVectorFile } from '@heddle/adapters/vectors';
import { HeddleError } from '@heddle/core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { damageText, findDamage } from './find-damage.js';

interface Size {
  readonly files: number;
  readonly bytes: number;
}

interface CopiedBackup {
  readonly source: string;
  readonly draft: string;
  /** The size that the manifest of the backup states. */
  readonly promised: Size;
  readonly found: Size;
  /** Whether damaged values are accepted. */
  readonly withDamage: boolean;
}

/** Refuses an incomplete or damaged backup. Errors: `storage_corrupt`, `storage_newer`. */
export async function checkBackup({ source, draft, promised, found, withDamage }: CopiedBackup): Promise<void> {
  // Only a lower count is refused: additional files do no harm.
  if (found.files < promised.files || found.bytes < promised.bytes)
    throw damaged(
      source,
      `it was made with ${promised.files} files (${promised.bytes} bytes), but has ${found.files} (${found.bytes} bytes)`,
    );
  check(source, 'heddle.db', () => {
    if (!existsSync(join(draft, 'heddle.db'))) throw damaged(source, 'heddle.db is missing');
    openDatabase(join(draft, 'heddle.db'), { checkBytes: Number.POSITIVE_INFINITY }).close();
  });
  const collections = join(draft, 'collections.db');
  if (existsSync(collections)) check(source, 'collections.db', () => checkVectorFile(collections));
  const damages = await findDamage(draft);
  const refused = withDamage ? damages.filter(({ isOneValue }) => !isOneValue) : damages;
  if (refused.length === 0) return;
  const wayOut = refused.every(({ isOneValue }) => isOneValue)
    ? ', or add --with-damage to take it without these values'
    : '';
  throw damaged(source, damageText(refused), undefined, wayOut);
}

function check(source: string, name: string, open: () => void): void {
  try {
    open();
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    if (error.code === 'storage_newer')
      throw new HeddleError(
        'storage_newer',
        `The backup ${source} was made by a newer Heddle (${name}): update Heddle, or restore a backup made before.`,
        { cause: error, details: { place: source } },
      );
    if (error.code !== 'storage_corrupt' || error.details?.['place'] === source) throw error;
    throw damaged(source, `${name} is damaged`, error);
  }
}

function damaged(source: string, reason: string, cause?: unknown, wayOut = ''): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `The backup ${source} cannot be used: ${reason}. Nothing was changed: restore another backup${wayOut}.`,
    { cause, details: { place: source, reason } },
  );
}
