import { lastChangeFile, refuseCutFile, refuseLost } from '@heddle/adapters/database';
import type { MadeFiles } from '@heddle/adapters/stores';
import { HeddleError, localPrincipal, type Audit } from '@heddle/core';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../heddle/log.js';

const name = 'collections.db';

/** The file that collections are kept in, and what `heddle.db` remembers of it. */
export interface CollectionsFile {
  readonly path: string;
  /** Whether it was there once: then it is never begun anew by itself. */
  wasThere(): boolean;
  note(): void;
  /** Looks at a file that nobody has open. Errors: `storage_corrupt` where it is lost, empty or lacks changes. */
  check(): void;
  /** What it lacks is known: it is used as it is. */
  accept(): void;
  /**
   * Moves aside what is there of a lost or damaged file, so that the next use begins anew. Gives the folder, where there was something.
   * Errors: `conflict` where it is whole or never was, `storage_newer`.
   */
  reset(audit: Pick<Audit, 'write'>, now: number): Promise<string | undefined>;
}

/** @example createCollectionsFile(settings.dataFolder, createMadeFiles(database, clock), log) */
export function createCollectionsFile(dataFolder: string, made: MadeFiles, log: Log): CollectionsFile {
  const path = join(dataFolder, name);
  let isNoted = made.has(name);
  /** Opened once for it. */
  let isCompared = false;
  return {
    path,
    wasThere: () => isNoted,
    note() {
      try {
        made.note(name);
        isNoted = true;
      } catch (err) {
        // The collections are there and can be used; the next call that goes well notes it.
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
        throw new HeddleError('conflict', `There is no ${path}, and there was none: nothing is to be begun anew.`);
      const left = [name, `${name}-wal`, `${name}-shm`, 'collections.last'].filter((file) =>
        existsSync(join(dataFolder, file)),
      );
      const aside = `before-reset-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
      if (left.length > 0) mkdirSync(join(dataFolder, aside), { recursive: true, mode: 0o700 });
      for (const file of left) renameSync(join(dataFolder, file), join(dataFolder, aside, file));
      const movedTo = left.length === 0 ? undefined : join(dataFolder, aside);
      const details = { step: 'reset', ...(movedTo === undefined ? {} : { movedTo }) };
      const entry = {
        act: 'collection',
        who: localPrincipal.id,
        subject: 'collections',
        isAllowed: true,
        details,
      } as const;
      await audit.write([entry], () => made.forget(name));
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
