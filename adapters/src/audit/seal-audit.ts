import type { PostgresDatabase } from '../postgres/open-postgres.js';
import type { Query } from '../postgres/query.js';
import { chainRow, chainStart, kindColumn, type AuditRow } from './audit-chain.js';

/** An entry that is not in the chain yet. */
interface Waiting extends Omit<AuditRow, 'number' | 'previous' | 'hash'> {
  readonly position: number;
}

/** The largest number of entries that one transaction seals. */
const share = 1_000;

/** The first key of the advisory lock; the second is a hash of the schema's name. */
const lockNumber = 0x4865_6470;

/**
 * Numbers the waiting audit entries and appends them to the chain, in transactions of a thousand. If two processes seal at once, one works
 * and the other returns. An entry has no position in the chain before its commit, so entries of one operation stay together only if no
 * other entry is stored between them.
 *
 * @returns how many entries were sealed
 */
export async function sealAudit(database: PostgresDatabase): Promise<number> {
  let sealed = 0;
  for (;;) {
    // If the reply to a commit is lost, the next try does not find the entries that were sealed.
    const count = await database.transaction((query) => sealShare(query, database.schema));
    sealed += count;
    if (count < share) return sealed;
  }
}

async function sealShare(query: Query, schema: string): Promise<number> {
  const lock = 'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS "isOurs"';
  const [{ isOurs } = { isOurs: false }] = await query<{ isOurs: boolean }>(lock, [lockNumber, schema]);
  if (!isOurs) return 0;
  const waiting = await query<Waiting>(
    `SELECT position, time, kind AS ${kindColumn}, who, project, subject, is_allowed, details FROM ${schema}.audit_entries
      ORDER BY position LIMIT ${share}`,
  );
  if (waiting.length === 0) return 0;
  const head = `SELECT number, hash FROM ${schema}.audit ORDER BY number DESC LIMIT 1`;
  let [after = { number: 0, hash: chainStart }] = await query<Pick<AuditRow, 'number' | 'hash'>>(head);
  const rows = waiting.map(({ position: _position, ...entry }) => {
    const row = chainRow(entry, after);
    after = row;
    return row;
  });
  await query(`INSERT INTO ${schema}.audit SELECT * FROM json_populate_recordset(NULL::${schema}.audit, $1)`, [
    JSON.stringify(rows),
  ]);
  const positions = waiting.map(({ position }) => position);
  await query(`DELETE FROM ${schema}.audit_entries WHERE position = ANY($1::bigint[])`, [positions]);
  return waiting.length;
}
