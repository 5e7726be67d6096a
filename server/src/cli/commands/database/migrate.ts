import { HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { realClock } from '../../../common/real-clock.js';
import { queueOf } from '../../../heddle/database/open-queues.js';
import { databaseUrlOf } from '../../../settings/server-urls.js';
import { print, printJson } from '../../output.js';
import type { JsonOption } from '../parse-argument.js';
import { settingsOf } from '../context.js';

/** `heddle migrate`: migrates the database. If several programs start it, one migrates; the others wait and find nothing left to do. */
export async function migrate(options: JsonOption, command: Command): Promise<void> {
  const settings = settingsOf(command);
  const url = databaseUrlOf(settings);
  if (url === undefined)
    throw new HeddleError(
      'usage',
      'heddle migrate is for a Postgres database (HEDDLE_DATABASE_URL): a data folder is migrated when it is opened.',
    );
  const { openPostgres, postgresVersion } = await import('@heddle/adapters/postgres');
  const database = await openPostgres({ url, clock: realClock, connections: 1, mayLose: false });
  await database.close();
  if (queueOf(settings) === 'postgres') {
    const { prepareQueueTables, queueSchema } = await import('@heddle/adapters/dispatch');
    await prepareQueueTables({ url, schema: queueSchema, mayMigrate: true });
  }
  if (options.json === true) printJson({ version: postgresVersion });
  else print(`The database has version ${postgresVersion}.`);
}
