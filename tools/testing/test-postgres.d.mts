/** A Postgres server of a test run. */
export interface TestPostgres {
  readonly url: string;
  /** Starts it again after `stop`. */
  start(): void;
  /** Ends it at once, as a crash does. */
  stop(): Promise<void>;
  /** Runs a statement once the server answers, and gives what it prints. */
  query(sql: string, database?: string): Promise<string>;
  close(): Promise<void>;
}

export function startTestPostgres(options?: { readonly keeps?: boolean }): Promise<TestPostgres | undefined>;
