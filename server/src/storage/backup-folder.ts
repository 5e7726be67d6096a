import { createSqliteAudit } from '@heddle/adapters/audit';
import {
  lockDataFolder,
  makeFolder,
  openDatabase,
  refuseMovedFolder,
  removeDrafts,
  storageErrorOf,
} from '@heddle/adapters/database';
import { HeddleError, localPrincipal } from '@heddle/core';
import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { realClock } from '../common/real-clock.js';
import { terminalUser } from '../common/terminal-user.js';
import { version } from '../common/version.js';
import { checkBackup } from './check-backup.js';
import { copyInUse } from './copy-in-use.js';
import { damageText, findDamage, type Damage } from './find-damage.js';
import { finishRestore, planRestore, restoreDraft, type Move, type RestorePlan } from './finish-restore.js';

const BackupManifest = z.object({
  heddle: z.string(),
  time: z.number(),
  files: z.int(),
  bytes: z.int(),
  /** The locations of stored values that were already damaged when the backup was made with `withDamage`. */
  damaged: z.array(z.string()).optional(),
});
type BackupManifest = z.infer<typeof BackupManifest>;

const manifestFile = 'backup.json';

/**
 * Files that are never copied: locks, logs of open databases, unfinished uploads, runtimes (which can be installed again), and files that a
 * file system keeps at its root.
 */
const leftOut =
  /^(?:heddle\.lock.*|.*\.db-(?:wal|shm|journal)|(?:audit|collections|scrub)\.last|.*\.new-\d+|uploads|runtimes|stopped|before-(?:restore|reset)-.*|backup\.json|restore\.json.*|\.restore-.*|lost\+found)$/;

/**
 * Copies a data folder, even while a server uses it. Databases are copied first, with SQLite's online backup, and everything else after
 * them, so that the copy contains all files that the databases refer to. The copy is checked and appears whole or not at all; `withDamage`
 * also accepts damaged values. Errors: `file_not_found`, `conflict`, `move_unfinished`, `storage_*`; `storage_corrupt` names what is
 * damaged.
 */
export async function backupFolder(
  dataFolder: string,
  target: string,
  { withDamage = false }: { readonly withDamage?: boolean } = {},
): Promise<BackupManifest & { readonly folder: string }> {
  const folder = resolve(target);
  if (!existsSync(join(dataFolder, 'heddle.db')))
    throw new HeddleError(
      'file_not_found',
      `There is no data in ${dataFolder}: name the data folder with HEDDLE_DATA or --data.`,
    );
  refuseMovedFolder(dataFolder);
  if (existsSync(folder))
    throw new HeddleError('conflict', `${folder} exists already: name a new folder.`, { details: { folder } });
  if (`${folder}${sep}`.startsWith(`${resolve(dataFolder)}${sep}`))
    throw new HeddleError('usage', 'A backup cannot lie inside the data folder: name another folder.');
  const draft = `${folder}.unfinished-${process.pid}`;
  try {
    if (existsSync(dirname(folder))) removeDrafts(`${folder}.unfinished-`);
    makeFolder(draft, { isPrivate: true });
    // The anchor is copied before the database: an anchor that is newer than the copied chain would look like a rollback.
    const anchor = join(dataFolder, 'audit.head');
    if (existsSync(anchor)) await cp(anchor, join(draft, 'audit.head'));
    await copyDatabase(join(dataFolder, 'heddle.db'), join(draft, 'heddle.db'));
    // Listed only after `heddle.db` was copied, so that files that were made in the meantime are included.
    const entries = (await readdir(dataFolder, { withFileTypes: true })).filter(
      ({ name }) => !leftOut.test(name) && name !== 'audit.head' && name !== 'heddle.db',
    );
    const isDatabase = (name: string): boolean => name.endsWith('.db');
    for (const { name } of entries.filter((entry) => isDatabase(entry.name)))
      await copyDatabase(join(dataFolder, name), join(draft, name));
    for (const { name } of entries.filter((entry) => !isDatabase(entry.name)))
      await copyInUse(join(dataFolder, name), join(draft, name));
    const damages = await findDamage(draft);
    refuseDamaged(damages, withDamage, (text) => damagedFolder(dataFolder, text));
    const manifest = {
      heddle: version,
      time: Date.now(),
      ...(await sizeOf(draft)),
      ...(damages.length === 0 ? {} : { damaged: damages.map(({ place }) => place) }),
    };
    await writeFile(join(draft, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(draft, folder);
    return { ...manifest, folder };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw storageErrorOf(error, folder) ?? error;
  }
}

/**
 * Puts a backup into a data folder that is not in use; with `force`, moves existing data aside. The backup is checked before anything
 * changes. If the restore is interrupted, the next process that opens the folder finishes it. Errors: `file_not_found`, `conflict`,
 * `storage_locked`, `storage_corrupt`, `storage_newer`.
 */
export async function restoreFolder(
  backup: string,
  dataFolder: string,
  options: { readonly force: boolean; readonly withDamage?: boolean; readonly move?: Move },
): Promise<{ readonly folder: string; readonly movedTo: string | undefined }> {
  const source = resolve(backup);
  const manifest = await readManifest(source);
  const lock = await lockDataFolder(dataFolder, { kind: 'command', waitMs: 5_000 });
  try {
    refuseMovedFolder(dataFolder);
    await finishRestore(dataFolder);
    const plan = await prepare(source, manifest, dataFolder, options);
    await planRestore(dataFolder, plan);
    await finishRestore(dataFolder, options.move);
    return { folder: dataFolder, movedTo: plan.aside === undefined ? undefined : join(dataFolder, plan.aside) };
  } finally {
    lock.release();
  }
}

/** Throws unless all damages are single values and the caller accepts those. */
function refuseDamaged(damages: readonly Damage[], withDamage: boolean, refusal: (text: string) => HeddleError): void {
  const refused = withDamage ? damages.filter(({ isOneValue }) => !isOneValue) : damages;
  if (refused.length > 0) throw refusal(damageText(refused));
}

function damagedFolder(dataFolder: string, text: string): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${dataFolder} is damaged, and no backup was made of it: ${text}. Keep a copy of the folder, and restore a backup from before (heddle restore). If only stored values are damaged, --with-damage makes a backup of everything else.`,
    { details: { place: dataFolder, damage: text } },
  );
}

/** Records the restore in the audit log of the copy, and writes the anchor afterwards. */
async function recordRestore(draft: string, source: string, { time, heddle }: BackupManifest): Promise<void> {
  const database = openDatabase(join(draft, 'heddle.db'));
  const audit = createSqliteAudit(database, {
    clock: realClock,
    terminal: terminalUser(),
    keyFile: join(draft, 'secret.key'),
    anchorFile: join(draft, 'audit.head'),
  });
  try {
    const details = { step: 'restored', from: source, madeAt: time, madeBy: heddle } as const;
    await audit.write({ kind: 'setting', who: localPrincipal.id, subject: 'database', details });
  } finally {
    audit.close();
    database.close();
  }
}

async function readManifest(folder: string): Promise<BackupManifest> {
  try {
    return BackupManifest.parse(JSON.parse(await readFile(join(folder, manifestFile), 'utf8')));
  } catch (cause) {
    throw new HeddleError(
      'file_not_found',
      `${folder} is not a backup of Heddle: it has no readable ${manifestFile}.`,
      { cause, details: { folder } },
    );
  }
}

async function copyDatabase(file: string, target: string): Promise<void> {
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    await connection.backup(target);
  } finally {
    connection.close();
  }
}

/** Copies the backup next to the data and checks it. If that fails, the copy is deleted. */
async function prepare(
  source: string,
  manifest: BackupManifest,
  dataFolder: string,
  { force, withDamage = false }: { readonly force: boolean; readonly withDamage?: boolean },
): Promise<RestorePlan> {
  const draft = join(dataFolder, restoreDraft);
  try {
    const plan = await planFor(dataFolder, force);
    await cp(source, draft, { recursive: true, filter: (path) => !path.endsWith(`${sep}${manifestFile}`) });
    await checkBackup({ source, draft, promised: manifest, found: await sizeOf(draft), withDamage });
    await recordRestore(draft, source, manifest);
    return plan;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw storageErrorOf(error, dataFolder) ?? error;
  }
}

/** Plans what is moved aside, and where to. Errors: `conflict` if there is data and no `force`. */
async function planFor(dataFolder: string, isForced: boolean): Promise<RestorePlan> {
  const present = (await readdir(dataFolder)).filter(
    (name) => !/^(?:heddle\.lock.*|\.restore-.*|before-(?:restore|reset)-.*|lost\+found)$/.test(name),
  );
  if (present.length === 0) return { present };
  if (!isForced)
    throw new HeddleError(
      'conflict',
      `${dataFolder} has data already: add --force to move it aside, or restore into another folder.`,
      { details: { folder: dataFolder } },
    );
  return { aside: `before-restore-${new Date().toISOString().replace(/[:.]/g, '-')}`, present };
}

async function sizeOf(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  let files = 0;
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files += 1;
    bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return { files, bytes };
}
