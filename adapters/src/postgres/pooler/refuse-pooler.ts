import { HeddleError } from '@heddle/core';
import { randomUUID } from 'node:crypto';
import type { Client, ClientBase } from 'pg';

/**
 * Refuses a connection pooler that gives each transaction another session, as PgBouncer does with `pool_mode = transaction`: what Heddle sets on a
 * session would be that of others, and statements that it prepared would be gone. A pooler that keeps the session of a connection is no obstacle.
 * Errors: `database_unsuitable`.
 */
export async function refuseTransactionPooler(
  client: ClientBase,
  host: string,
  open: () => Promise<Client>,
): Promise<void> {
  if (await isServer(client)) return;
  const mark = randomUUID();
  await client.query("SELECT set_config('heddle.session', $1, false)", [mark]);
  const other = await open();
  try {
    await other.query('BEGIN');
    // While the other one has a session for its transaction, this one is given another.
    if ((await markOf(other)) === mark || (await markOf(client)) !== mark)
      throw new HeddleError(
        'database_unsuitable',
        `At ${host} a connection pooler gives each transaction another session (PgBouncer with pool_mode = transaction): name the Postgres server itself, or use pool_mode = session.`,
      );
  } finally {
    await other.end();
  }
}

/** A server names the process of a session when the connection begins. A pooler names something else. */
async function isServer(client: ClientBase & { readonly processID?: number | null }): Promise<boolean> {
  if (client.processID == null) return true;
  const { rows } = await client.query<{ readonly pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid === client.processID;
}

async function markOf(client: ClientBase): Promise<string | null | undefined> {
  const { rows } = await client.query<{ readonly mark: string | null }>(
    "SELECT current_setting('heddle.session', true) AS mark",
  );
  return rows[0]?.mark;
}
