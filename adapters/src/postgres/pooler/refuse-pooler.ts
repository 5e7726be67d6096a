import { HeddleError } from '@heddle/core';
import { randomUUID } from 'node:crypto';
import type { Client, ClientBase } from 'pg';

/**
 * Refuses a connection pooler that gives each transaction another session, like PgBouncer with `pool_mode = transaction`. Behind it,
 * settings of Heddle would change the sessions of other clients, and prepared statements would be missing. A pooler that keeps the session
 * of a connection is accepted. Errors: `database_unsuitable`.
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
    // While the other connection holds a session for its transaction, such a pooler gives this one a different session.
    if ((await markOf(other)) === mark || (await markOf(client)) !== mark)
      throw new HeddleError(
        'database_unsuitable',
        `At ${host} a connection pooler gives each transaction a different session (PgBouncer with pool_mode = transaction): name the Postgres server itself, or use pool_mode = session.`,
      );
  } finally {
    await other.end();
  }
}

/**
 * Whether the connection leads to a server directly. A server reports the process id of the session at the start of a connection; a pooler
 * reports another number.
 */
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
