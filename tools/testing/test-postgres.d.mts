/** A Postgres server of a test run. */
export interface TestPostgres {
  readonly url: string;
  /** The folder with its data. */
  readonly data: string;
  /** Starts it again after `stop`. */
  start(): void;
  /** Ends it at once, as a crash does, or in order, without waiting for its clients. */
  stop(how?: 'crash' | 'fast'): Promise<void>;
  /** Runs a statement once the server answers, and gives what it prints. */
  query(sql: string, database?: string): Promise<string>;
  close(): Promise<void>;
}

export function startTestPostgres(options?: {
  readonly keeps?: boolean;
  /** How many it accepts. Default 80. */
  readonly connections?: number;
  /** The folder with the programs of another Postgres than that of the system. The user `postgres` must be allowed to read it. */
  readonly programs?: string | undefined;
  /** Megabytes of a disk of its own in memory, which a test can fill. */
  readonly disk?: number;
}): Promise<TestPostgres | undefined>;
