import { codeOf, storageErrorOf } from '@heddle/adapters/database';
import { HeddleError } from '@heddle/core';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * The plan of a restore, which makes the restore survive a kill at any moment. First the backup is copied to a draft and checked. Then a
 * plan is written in one rename. Then files and folders are moved: first the old ones aside, then the new ones in. The next process that
 * opens the folder finishes an existing plan, or deletes a draft without a plan. If something old cannot be moved, such as a mount point,
 * the rest is moved back.
 */
const planFile = 'restore.json';
export const restoreDraft = '.restore-draft';

const Plan = z.object({
  /** The folder for the existing data; undefined if there is none. */
  aside: z.string().optional(),
  /** The names of the files and folders that are moved aside. */
  present: z.array(z.string()),
});
export type RestorePlan = z.infer<typeof Plan>;

/** Writes a plan. From then on, this process or the next one will finish the restore. */
export async function planRestore(dataFolder: string, plan: RestorePlan): Promise<void> {
  const draft = join(dataFolder, `${planFile}.new-${process.pid}`);
  await writeFile(draft, JSON.stringify(plan), { flush: true });
  await rename(draft, join(dataFolder, planFile));
}

/** Moves a file or folder. Tests pass a function that fails. */
export type Move = typeof rename;

/**
 * Finishes a planned restore. This process must have the lock of the folder. Returns whether there was a plan. Errors: `conflict` if
 * something cannot be moved aside (then nothing is changed), `storage_*`.
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
    // New files are moved in only after all old ones are out, so a file that is still here is old.
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

/** Moves everything back, and deletes the plan only afterwards: if the process is killed in between, the restore is repeated. */
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
