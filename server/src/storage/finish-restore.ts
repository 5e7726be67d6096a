import { codeOf, storageErrorOf } from '@heddle/adapters/database';
import { HeddleError } from '@heddle/core';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * How a restore goes through a kill at any moment: the backup is copied to a draft and checked; then a plan is put down in one
 * rename; then names are moved, first the old ones aside, then the new ones in. Whoever opens the folder next finishes a plan that
 * is there, and throws away a draft that has none. Where an old name cannot be moved, as a mount point cannot, the others come back.
 */
const planFile = 'restore.json';
export const restoreDraft = '.restore-draft';

const Plan = z.object({
  /** Folder that what was there is moved to; undefined where nothing was. */
  aside: z.string().optional(),
  /** Names that are moved there. */
  present: z.array(z.string()),
});
export type RestorePlan = z.infer<typeof Plan>;

/** Puts a plan down: from here on the restore will be finished, by this process or the next one. */
export async function planRestore(dataFolder: string, plan: RestorePlan): Promise<void> {
  const draft = join(dataFolder, `${planFile}.new-${process.pid}`);
  await writeFile(draft, JSON.stringify(plan), { flush: true });
  await rename(draft, join(dataFolder, planFile));
}

/** How a name is moved: by the file system, or as a test has it fail. */
export type Move = typeof rename;

/**
 * Finishes a restore that was planned, in a folder whose lock this process holds. Gives whether there was one. Errors: `conflict` where
 * something cannot be moved aside (nothing is changed then), `storage_*`.
 */
export async function finishRestore(dataFolder: string, move: Move = rename): Promise<boolean> {
  try {
    return await finish(dataFolder, move);
  } catch (error) {
    throw error instanceof HeddleError ? error : (storageErrorOf(error, dataFolder) ?? error);
  }
}

async function finish(dataFolder: string, move: Move): Promise<boolean> {
  const draft = join(dataFolder, restoreDraft);
  const planPath = join(dataFolder, planFile);
  if (!existsSync(planPath)) {
    await rm(draft, { recursive: true, force: true });
    return false;
  }
  const { aside, present } = Plan.parse(JSON.parse(await readFile(planPath, 'utf8')));
  if (aside !== undefined) {
    await mkdir(join(dataFolder, aside), { recursive: true });
    // No new name is moved in before all old ones are out, so what still stands here is old.
    for (const name of present) {
      const isMoved = existsSync(join(dataFolder, aside, name)) || !existsSync(join(dataFolder, name));
      if (isMoved) continue;
      try {
        await move(join(dataFolder, name), join(dataFolder, aside, name));
      } catch (cause) {
        await moveBack(dataFolder, aside);
        throw unmovable(dataFolder, name, cause);
      }
    }
  }
  if (existsSync(draft)) for (const name of await readdir(draft)) await move(join(draft, name), join(dataFolder, name));
  await rm(planPath, { force: true });
  await rm(draft, { recursive: true, force: true });
  return true;
}

/** The plan goes after the names are back: a kill in between tries the restore again. */
async function moveBack(dataFolder: string, aside: string): Promise<void> {
  for (const name of await readdir(join(dataFolder, aside)))
    await rename(join(dataFolder, aside, name), join(dataFolder, name));
  await rm(join(dataFolder, planFile), { force: true });
  await rm(join(dataFolder, aside), { recursive: true, force: true });
  await rm(join(dataFolder, restoreDraft), { recursive: true, force: true });
}

function unmovable(dataFolder: string, name: string, cause: unknown): HeddleError {
  const reason = codeOf(cause) ?? String(cause);
  const isMount = reason === 'EBUSY' || reason === 'EXDEV';
  const why = isMount ? 'it is a mount point, or another program uses it' : 'the file system refuses it';
  return new HeddleError(
    'conflict',
    `${join(dataFolder, name)} cannot be moved aside: ${why} (${reason}). Nothing was changed: take it away, or restore into another folder.`,
    { cause, details: { folder: dataFolder, name, reason } },
  );
}
