import { HeddleError } from '@heddle/core';
import type { Query } from './query.js';

interface Facts {
  readonly version: number;
  readonly encoding: string;
  readonly isReadOnly: string;
  readonly commit: string;
  readonly fsync: string;
}

/**
 * Refuses a server that cannot keep the guarantees of a journal. `mayLose` permits a server that may lose data when its machine crashes,
 * for tests. Errors: `database_unsuitable`, `storage_read_only`.
 */
export async function checkServer(query: Query, mayLose = false): Promise<void> {
  const [facts] = await query<Facts>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
       current_setting('transaction_read_only') AS "isReadOnly", current_setting('synchronous_commit') AS commit,
       current_setting('fsync') AS fsync`,
  );
  if (facts === undefined) return;
  const { version, encoding, isReadOnly, commit, fsync } = facts;
  if (version < 140_000)
    throw refusal(`It has version ${Math.floor(version / 10_000)}: Heddle needs Postgres 14 or newer.`);
  if (encoding !== 'UTF8') throw refusal(`Its encoding is ${encoding}: create the database with ENCODING 'UTF8'.`);
  if (commit === 'off')
    throw refusal(
      'synchronous_commit is off for this user, so that a crash would lose acknowledged results: ALTER ROLE … SET synchronous_commit = on.',
    );
  if (fsync === 'off' && !mayLose)
    throw refusal(
      'fsync is off, so that a crash of its machine would damage what is stored: set fsync = on in postgresql.conf and restart the server.',
    );
  if (isReadOnly === 'on')
    throw new HeddleError(
      'storage_read_only',
      'The database can only be read: name the primary server, not a standby, and check default_transaction_read_only.',
    );
}

const refusal = (reason: string): HeddleError =>
  new HeddleError('database_unsuitable', `The database cannot be used. ${reason}`);
