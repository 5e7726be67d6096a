import { HeddleError } from '@heddle/core';
import { randomUUID } from 'node:crypto';
import { readFolderMark } from '../database/files/folder-mark.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import type { Query } from '../postgres/query.js';
import { readMove } from '../postgres/refuse-moved.js';
import { empty, type PostgresTarget } from './rows/postgres-target.js';

/** The state of the target at the start of a move. */
interface Prepared {
  readonly id: string;
  /** Whether an unfinished move continues. */
  readonly isContinued: boolean;
  readonly isDone: boolean;
}

/** The folder to move, and whether to remove the rows of an unfinished move first. */
interface Leaving {
  readonly folder: string;
  readonly startsOver: boolean;
}

/** Marks the target as unfinished before the first row is written. Errors: those of `judgeTarget`. */
export async function prepareTarget(
  leaving: Leaving,
  database: PostgresDatabase,
  query: Query,
  target: PostgresTarget,
): Promise<Prepared> {
  const judged = await judgeTarget(leaving, database, query, target);
  if (judged !== undefined) return judged;
  const id = randomUUID();
  await database.transaction(async (write) => {
    await write(
      `INSERT INTO moves (id, state, other) VALUES ($1, 'arriving', $2)
       ON CONFLICT (is_only) DO UPDATE SET id = EXCLUDED.id, state = EXCLUDED.state, other = EXCLUDED.other, changed_at = clock_timestamp()`,
      [id, leaving.folder],
    );
    await empty(write, database.schema);
    await write('DELETE FROM key_proofs');
  });
  return { id, isContinued: false, isDone: false };
}

/**
 * Checks the state of the target; undefined if the move begins with an empty database. Errors: `conflict` if it has data, `storage_moved`
 * if the folder was moved elsewhere.
 */
export async function judgeTarget(
  { folder, startsOver }: Leaving,
  { host, schema }: PostgresDatabase,
  query: Query,
  target: PostgresTarget,
): Promise<Prepared | undefined> {
  const move = await readMove(query, schema);
  const mark = readFolderMark(folder);
  if (mark?.state === 'left') {
    if (mark.id !== move?.id)
      throw new HeddleError('storage_moved', `The data of ${folder} was moved to ${mark.other} already.`, {
        details: { to: mark.other },
      });
    if (startsOver && move.state === 'arriving')
      throw new HeddleError(
        'conflict',
        `The move of ${folder} is verified and only its last step is missing: run it without --start-over.`,
      );
    return { id: move.id, isContinued: true, isDone: move.state !== 'arriving' };
  }
  if (move?.state === 'arriving') {
    if (startsOver) return undefined;
    if (move.other === folder) return { id: move.id, isContinued: true, isDone: false };
    throw new HeddleError(
      'conflict',
      `An unfinished move from ${move.other} has filled the database on ${host}: finish that one, or use --start-over to remove what it has moved.`,
      { details: { from: move.other } },
    );
  }
  const filled = await target.filled();
  if (filled.length === 0 && move === undefined) return undefined;
  throw new HeddleError(
    'conflict',
    `The database on ${host} has data already (${filled.slice(0, 5).join(', ')}${filled.length > 5 ? ', …' : ''}): name an empty database, or remove the schema '${schema}' from it.`,
    { details: { tables: filled } },
  );
}
