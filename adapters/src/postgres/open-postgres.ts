import { HeddleError, steadySource, type Clock, type TimeSource } from '@heddle/core';
import { checkServer } from './check-server.js';
import { checkSchema, connectPostgres, type PostgresConnection } from './connection.js';
import { isPassing, toDatabaseError } from './database-error.js';
import type { PostgresMigration } from './migration.js';
import { migratePostgres } from './migrate.js';
import { postgresMigrations } from './migrations.js';
import { PipelineError } from './pipeline-error.js';
import { StatementFailure } from './pipeline.js';
import type { Query, Statement } from './query.js';

/** The address of the database, and how to use it. */
export interface PostgresOptions {
  /** Such as `postgres://user:password@host:5432/database`. */
  readonly url: string;
  readonly clock: Clock;
  /** The schema with Heddle's tables. Default `heddle`. */
  readonly schema?: string | undefined;
  readonly connections?: number | undefined;
  /** A statement counts as unanswered after this many milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * For how many milliseconds a statement without an answer is retried. Default 8,000: as long as a worker may go without renewing its row.
   */
  readonly patienceMs?: number | undefined;
  /** Whether the database may be migrated. Default true. */
  readonly mayMigrate?: boolean | undefined;
  /** Permits a server that may lose or damage data when its machine crashes, for tests. Default true; production sets false. */
  readonly mayLose?: boolean | undefined;
  readonly migrations?: readonly PostgresMigration[] | undefined;
  /** The application name of the connections on the server. Default `heddle`. */
  readonly application?: string | undefined;
}

/** Heddle's database on a Postgres server. */
export interface PostgresDatabase {
  readonly host: string;
  /** The schema of the tables, for use in statements. */
  readonly schema: string;
  readonly time: TimeSource;
  /**
   * Runs one statement. It is retried while the server does not answer, so running it twice must do no harm.
   *
   * Errors: `database_*`, `storage_*`, `value_too_complex`, and `shutting_down` once the database is closed.
   */
  run<Row>(statement: Statement): Promise<readonly Row[]>;
  /** Runs several statements in one transaction, with the same retries. */
  transaction<Result>(work: (query: Query) => Promise<Result>): Promise<Result>;
  /**
   * Runs statements in one transaction and one round trip, with the same retries. Errors: those of `run`, and `PipelineError` for a
   * statement that the server refused.
   */
  pipeline(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Settings of each connection. Every statement of Heddle can use an index. So it must use one even while a table is new and its statistics
 * say that it is small. Keeping a plan halves the cost, compared with planning each append.
 */
const settings = ['enable_seqscan = off', 'jit = off', 'plan_cache_mode = force_generic_plan'];

/**
 * Connects, checks the server, and migrates the database.
 *
 * Errors: `setting_invalid`, `database_unsuitable`, `database_unreachable`, `database_refused`, `database_newer`, `database_outdated`, `storage_*`.
 *
 * @example const database = await openPostgres({ url: 'postgres://heddle@db/heddle', clock });
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDatabase> {
  const { url, clock, connections, timeoutMs = 5_000, patienceMs = 8_000, mayMigrate = true, mayLose = true } = options;
  const { migrations = postgresMigrations } = options;
  const schema = checkSchema(options.schema ?? 'heddle');
  const connection = connectPostgres({
    url,
    timeoutMs,
    connections,
    isPipelined: true,
    application: options.application,
    // Statements that work in all databases do not name the schema.
    settings: [...settings, `search_path = ${schema}`],
    async prepare(query, patient) {
      await checkServer(query, mayLose);
      return migratePostgres(query, patient, { schema, migrations, mayMigrate });
    },
  });
  try {
    await connection.open();
  } catch (error) {
    throw toDatabaseError(error, connection.host);
  }
  return new PatientDatabase(connection, schema, { patienceMs, time: steadySource(clock) });
}

/** Milliseconds until the first retry. The pause doubles with each further retry. */
const firstPauseMs = 25;
const longestPauseMs = 1_000;

class PatientDatabase implements PostgresDatabase {
  readonly schema: string;
  private readonly connection: PostgresConnection<unknown>;
  private readonly patience: { readonly patienceMs: number; readonly time: TimeSource };
  private readonly pauses = new Set<() => void>();
  private isClosed = false;

  constructor(
    connection: PostgresConnection<unknown>,
    schema: string,
    patience: { readonly patienceMs: number; readonly time: TimeSource },
  ) {
    this.connection = connection;
    this.schema = schema;
    this.patience = patience;
  }

  get time(): TimeSource {
    return this.patience.time;
  }

  get host(): string {
    return this.connection.host;
  }

  run<Row>(statement: Statement): Promise<readonly Row[]> {
    return this.again(() => this.connection.run<Row>(statement));
  }

  transaction<Result>(work: (query: Query) => Promise<Result>): Promise<Result> {
    return this.again(() => this.connection.transaction(work));
  }

  async pipeline(statements: readonly Statement[]): Promise<void> {
    await this.again(() => this.connection.pipeline(statements));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const end of [...this.pauses]) end();
    await this.connection.close();
  }

  private async again<Result>(work: () => Promise<Result>): Promise<Result> {
    const { patienceMs, time } = this.patience;
    const until = time.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      if (this.isClosed) throw new HeddleError('shutting_down', 'The database is closed: Heddle is stopping.');
      try {
        return await work();
      } catch (error) {
        const cause = error instanceof StatementFailure ? error.failure : error;
        if (this.isClosed || !isPassing(cause) || time.now() + pauseMs > until) throw this.errorOf(error, cause);
      }
      await this.pause(pauseMs);
    }
  }

  private errorOf(error: unknown, cause: unknown): Error {
    const meaning = toDatabaseError(cause, this.host);
    if (!(error instanceof StatementFailure)) return meaning;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
    return new PipelineError(error.position, code, meaning);
  }

  private pause(milliseconds: number): Promise<void> {
    const { time } = this.patience;
    return new Promise((resolve) => {
      // Timers of a clock do not keep a process alive, and a process that is starting, or a command, may have no other open handle.
      const alive = setInterval(() => undefined, longestPauseMs);
      const end = (): void => {
        this.pauses.delete(end);
        clearInterval(alive);
        stop();
        resolve();
      };
      const stop = time.at(time.now() + milliseconds, end);
      this.pauses.add(end);
    });
  }
}
