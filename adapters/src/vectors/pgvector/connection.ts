import { checkSchema, connectPostgres } from '../../postgres/connection.js';
import type { Query } from '../../postgres/query.js';
import { stopped, untilAborted } from '../until-aborted.js';
import { toPostgresError } from './postgres-error.js';
import { prepareSchema, type ServerFacts } from './schema.js';

/** Where the server is. */
export interface PgvectorOptions {
  /** Such as `postgres://user:password@host:5432/database`. The user may create tables; pgvector is installed there. */
  readonly url: string;
  /** The schema with Heddle's tables. Default `heddle_vectors`. */
  readonly schema?: string;
  /** Milliseconds until a statement counts as unanswered. Default 60,000. */
  readonly timeoutMs?: number;
  readonly connections?: number;
  /** The name of the connections on the server. Default `heddle`. */
  readonly application?: string;
  /** Passages from which a collection gets an approximate index (HNSW); below it, vectors are compared exactly. Default 20,000. */
  readonly indexFrom?: number;
}

/** Connections to one server, whose calls fail with Heddle's errors and end at a signal. */
export interface Connection {
  /** Runs statements in one transaction on one connection. */
  transaction<Result>(
    work: (query: Query, facts: ServerFacts) => Promise<Result>,
    options?: { readonly collection?: string; readonly signal?: AbortSignal },
  ): Promise<Result>;
  close(): Promise<void>;
}

/** Connects when the first statement is sent. Errors: `setting_invalid`. */
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
