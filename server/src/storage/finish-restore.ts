import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * How a restore goes through a kill at any moment: the backup is copied to a draft and checked; then a plan is put down in one
 * rename; then names are moved, first the old ones aside, then the new ones in. Whoever opens the folder next finishes a plan that
 * is there, and throws away a draft that has none.
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

/** Finishes a restore that was planned, in a folder whose lock this process holds. Gives whether there was one. */
export async function finishRestore(dataFolder: string): Promise<boolean> {
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
      if (!isMoved) await rename(join(dataFolder, name), join(dataFolder, aside, name));
    }
  }
  if (existsSync(draft))
    for (const name of await readdir(draft)) await rename(join(draft, name), join(dataFolder, name));
  await rm(planPath, { force: true });
  await rm(draft, { recursive: true, force: true });
  return true;
}
