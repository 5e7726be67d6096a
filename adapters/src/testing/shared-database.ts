import { join } from 'node:path';
import type { SharedJournal } from '@heddle/core/testing';
import { FolderBlobs } from '../blobs/index.js';
import { createLeases, createRunClaims, createRunCommands, createWorkers } from '../cluster/index.js';
import { createPostgresJournal } from '../journal/postgres/postgres-journal.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import { createIdempotencyKeys } from '../stores/idempotency-keys.js';
import { temporaryFolder } from './temporary-folder.js';
import { wallClock } from './wall-clock.js';

/** Empties all tables that tests fill. */
export const emptyTables =
  'TRUNCATE heddle.runs, heddle.bundles, heddle.records, heddle.human_inputs, heddle.deltas, heddle.idempotency_keys, heddle.workers, heddle.leases, heddle.commands';

/** What the processes of a test share: a folder of blobs, and a journal for each process on one database. */
export interface SharedDatabase {
  open(database: PostgresDatabase): SharedJournal;
  close(): Promise<void>;
}

export function createSharedDatabase(): SharedDatabase {
  const temporary = temporaryFolder();
  const opened: SharedJournal[] = [];
  return {
    open(database) {
      const blobs = new FolderBlobs(join(temporary.folder, 'blobs'));
      const shared = {
        journal: createPostgresJournal(database, {
          blobs,
          clock: wallClock,
          projections: [createIdempotencyKeys(postgresTables(database), wallClock).projection],
        }),
        claims: createRunClaims(database),
        workers: createWorkers(database),
        leases: createLeases(database),
        commands: createRunCommands(database),
      };
      opened.push(shared);
      return shared;
    },
    async close() {
      for (const { journal } of opened) await journal.close();
      temporary.remove();
    },
  };
}
