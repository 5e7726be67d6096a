import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Statement } from './query.js';

/** The error of one statement of a pipeline. */
export class StatementFailure extends Error {
  readonly position: number;
  readonly failure: unknown;

  constructor(position: number, failure: unknown) {
    super(failure instanceof Error ? failure.message : String(failure), { cause: failure });
    this.position = position;
    this.failure = failure;
  }
}

/**
 * Runs statements in one transaction and one round trip: all are sent before the first answer arrives. If one fails, the server refuses the
 * later ones and rolls the transaction back at the end.
 *
 * Errors: `StatementFailure`, or an error of the client library if the transaction did not begin or end.
 */
export async function runPipeline(pool: Pool, statements: readonly Statement[]): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const [begun, ...sent] = send(client, statements);
    const [beginning, ...results] = await Promise.allSettled([begun, ...sent]);
    const position = results.findIndex(({ status }) => status === 'rejected');
    const failed = beginning?.status === 'rejected' ? beginning : results[position];
    if (failed?.status !== 'rejected') return;
    const failure: unknown = failed.reason;
    if (!isOfServer(failure)) broken = failure instanceof Error ? failure : new Error(String(failure));
    if (beginning?.status === 'rejected' || position === statements.length) throw failure;
    throw new StatementFailure(position, failure);
  } finally {
    client.release(broken);
  }
}

const send = (client: PoolClient, statements: readonly Statement[]): readonly Promise<QueryResult>[] => [
  client.query('BEGIN'),
  ...statements.map(({ sql, values }) => client.query(sql, [...values])),
  client.query('COMMIT'),
];

/** Whether the server sent the error; then the connection can be used again. */
const isOfServer = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code);
