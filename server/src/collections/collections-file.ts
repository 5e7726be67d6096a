import { lastChangeFile, refuseCutFile, refuseLost } from '@heddle/adapters/database';
import type { MadeFiles } from '@heddle/adapters/stores';
import { HeddleError, localPrincipal, type Audit } from '@heddle/core';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../common/log.js';

const name = 'collections.db';

/** The file of the collections, `collections.db`, and what `heddle.db` knows about it. */
export interface CollectionsFile {
  readonly path: string;
  /** Whether the file has existed before. If so, a new file never replaces it automatically. */
  wasThere(): boolean;
  note(): void;
  /** Checks the file while it is closed. Errors: `storage_corrupt` if it is lost, empty or lacks changes. */
  check(): void;
  /** Accepts that changes are lost, and uses the file as it is. */
  accept(): void;
  /**
   * Moves what is left of a lost or damaged file aside, so that the next use creates a new file. Returns the folder with the moved files,
   * if there are any.
   * Errors: `conflict` if the file is intact or never existed, `storage_newer`.
   */
  reset(audit: Pick<Audit, 'commit'>, now: number): Promise<string | undefined>;
}

/** @example createCollectionsFile(settings.dataFolder, createMadeFiles(database, clock), log) */
export function createCollectionsFile(dataFolder: string, made: MadeFiles, log: Log): CollectionsFile {
  const path = join(dataFolder, name);
  let isNoted = made.has(name);
  /** The file is compared once, for all callers. */
  let isCompared = false;
  return {
    path,
    wasThere: () => isNoted,
    note() {
      try {
        made.note(name);
        isNoted = true;
      } catch (err) {
        // The collections exist and can be used. The next successful call records that.
        log.warn({ err }, 'it could not be written down that collections.db is there');
      }
    },
    check() {
      refuseLost(path, { wasThere: isNoted });
      if (!isCompared) refuseCutFile(path);
      isCompared = true;
    },
    accept: () => rmSync(lastChangeFile(path), { force: true }),
    async reset(audit, now) {
      await refuseWhole(path);
      if (!existsSync(path) && !isNoted)
        throw new HeddleError('conflict', `${path} does not exist and never did: there is nothing to reset.`);
      const left = [name, `${name}-wal`, `${name}-shm`, 'collections.last'].filter((file) =>
        existsSync(join(dataFolder, file)),
      );
      const aside = `before-reset-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
      if (left.length > 0) mkdirSync(join(dataFolder, aside), { recursive: true, mode: 0o700 });
      for (const file of left) renameSync(join(dataFolder, file), join(dataFolder, aside, file));
      const movedTo = left.length === 0 ? undefined : join(dataFolder, aside);
      const details = { step: 'reset', movedTo } as const;
      await audit.commit({ kind: 'collection', who: localPrincipal.id, subject: 'collections', details }, [
        made.forgetting(name),
      ]);
      isNoted = false;
      return movedTo;
    },
  };
}

async function refuseWhole(path: string): Promise<void> {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const { checkVectorFile } = await import('@heddle/adapters/vectors');
  try {
    checkVectorFile(path);
    refuseCutFile(path);
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'storage_corrupt') return;
    throw error;
  }
  throw new HeddleError(
    'conflict',
    `${path} is whole, so nothing was changed: remove the collections that you do not want.`,
  );
}
