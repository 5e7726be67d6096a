import { HeddleError } from '@heddle/core';
import type { PostgresDatabase } from './open-postgres.js';
import type { Query } from './query.js';

/** What a database stores about the last move from or to it. */
interface StoredMove {
  readonly id: string;
  readonly state: 'arriving' | 'arrived' | 'left';
  /** The folder or server on the other side, in the form for messages. */
  readonly other: string;
}

/** The first part of the advisory lock of a move; the second one comes from the name of the schema. */
const lockNumber = 0x4d6f_7665;

export const readMove = async (query: Query, schema: string): Promise<StoredMove | undefined> =>
  (await query<StoredMove>(`SELECT id, state, other FROM ${schema}.moves`))[0];

/** Takes the lock of a move until the transaction ends. Errors: `storage_locked`. */
export async function lockForMove(query: Query, { host, schema }: PostgresDatabase): Promise<void> {
  const [row] = await query<{ readonly isOurs: boolean }>(
    'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS "isOurs"',
    [lockNumber, schema],
  );
  if (row?.isOurs !== true)
    throw new HeddleError(
      'storage_locked',
      `Another program uses the database on ${host}: stop every process of Heddle, and wait until any other move has ended.`,
    );
}

/**
 * Refuses a database with an unfinished move, or one that was moved away. Errors: `move_unfinished`, `storage_moved`, and `storage_locked`
 * while a move is running.
 */
export async function refuseMoved(database: PostgresDatabase, query: Query): Promise<void> {
  const { host, schema } = database;
  const move = await readMove(query, schema);
  if (move?.state === 'arriving')
    throw new HeddleError(
      'move_unfinished',
      `The database on ${host} does not have all the data of ${move.other} yet: run heddle move again to continue. ${move.other} is unchanged.`,
      { details: { from: move.other } },
    );
  if (move?.state === 'left')
    throw new HeddleError(
      'storage_moved',
      `The data of the database on ${host} was moved to ${move.other}: start Heddle there, without HEDDLE_DATABASE_URL.`,
      { details: { to: move.other } },
    );
  const [row] = await query<{ readonly isFree: boolean }>(
    'SELECT pg_try_advisory_xact_lock_shared($1, hashtext($2)) AS "isFree"',
    [lockNumber, schema],
  );
  if (row?.isFree !== true)
    throw new HeddleError(
      'storage_locked',
      `heddle move reads or fills the database on ${host}: start Heddle when it has ended.`,
    );
}
