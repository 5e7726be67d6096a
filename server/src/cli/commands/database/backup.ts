import { HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { backupFolder, restoreFolder } from '../../../storage/backup-folder.js';
import { databaseUrlOf } from '../../../settings/server-urls.js';
import { print, printJson, printToStderr } from '../../output.js';
import { settingsOf } from '../context.js';

/** The error for a database on a server, because a copy of the data folder would not contain it. */
const ofServer = (command: string): HeddleError =>
  new HeddleError(
    'not_on_postgres',
    `${command} copies a data folder, and the database is on a Postgres server: use pg_dump or the continuous archiving of the server, and back up secret.key and the files of the data folder separately.`,
  );

/** `heddle backup`: copies the data folder, also while a server uses it. */
export async function backup(
  folder: string,
  options: { readonly withDamage?: true; readonly json?: true },
  command: Command,
): Promise<void> {
  const settings = settingsOf(command);
  if (databaseUrlOf(settings) !== undefined) throw ofServer('heddle backup');
  const manifest = await backupFolder(settings.dataFolder, folder, {
    withDamage: options.withDamage === true,
  });
  if (manifest.damaged !== undefined) printToStderr(`Damaged in the backup: ${manifest.damaged.join(', ')}`);
  if (options.json === true) printJson(manifest);
  else print(`Backup written to ${manifest.folder} (${manifest.files} files, ${Math.ceil(manifest.bytes / 1e6)} MB).`);
}

/** `heddle restore`: puts a backup into the data folder, which must not be in use. */
export async function restore(
  folder: string,
  options: { readonly force?: true; readonly withDamage?: true; readonly json?: true },
  command: Command,
): Promise<void> {
  const settings = settingsOf(command);
  if (databaseUrlOf(settings) !== undefined) throw ofServer('heddle restore');
  const restored = await restoreFolder(folder, settings.dataFolder, {
    force: options.force === true,
    withDamage: options.withDamage === true,
  });
  if (options.json === true) printJson(restored);
  else
    print(
      `Restored ${folder} into ${restored.folder}.${restored.movedTo === undefined ? '' : ` The previous data is in ${restored.movedTo}.`}`,
    );
}
