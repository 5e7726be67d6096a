import { checkSchema, connectPostgres } from '../../postgres/connection.js';
import type { Query } from '../../postgres/query.js';
import { stopped, untilAborted } from '../until-aborted.js';
import { toPostgresError } from './postgres-error.js';
import { prepareSchema, type ServerFacts } from './schema.js';

export interface PgvectorOptions {
  /** For example `postgres://user:password@host:5432/database`. The user may create tables; pgvector is installed there. */
  readonly url: string;
  /** The schema with Heddle's tables. Default `heddle_vectors`. */
  readonly schema?: string;
  /** Milliseconds after which a statement times out. Default 60,000. */
  readonly timeoutMs?: number;
  readonly connections?: number;
  /** The application name of the connections on the server. Default `heddle`. */
  readonly application?: string;
  /**
   * From this number of passages, a collection gets an approximate index (HNSW); below it, vectors are compared exactly. Default 20,000.
   */
  readonly indexFrom?: number;
}

/** Connections to one server. Failed calls throw Heddle's errors, and a signal ends a call. */
export interface Connection {
  /** Runs statements in one transaction on one connection. */
  transaction<Result>(
    work: (query: Query, facts: ServerFacts) => Promise<Result>,
    options?: { readonly collection?: string; readonly signal?: AbortSignal },
  ): Promise<Result>;
  close(): Promise<void>;
}

/** Creates the connections, which open at the first statement. Errors: `setting_invalid`. */
export function connect({
  url,
  schema = 'heddle_vectors',
  timeoutMs,
  connections,
  application,
}: Omit<PgvectorOptions, 'indexFrom'>): Connection {
  const checked = checkSchema(schema);
  const shared = connectPostgres({
    url,
    timeoutMs,
    connections,
    application,
    prepare: (query) => prepareSchema(query, checked),
  });
  return {
    async transaction(work, { collection, signal } = {}) {
      if (signal?.aborted === true) throw stopped(signal);
      try {
        return await untilAborted(shared.transaction(work), signal);
      } catch (error) {
        throw toPostgresError(error, { host: shared.host, collection });
      }
    },
    close: () => shared.close(),
  };
}
