import type { GuardedWrite, RunAcceptance, RunRecord } from '@heddle/core';
import type { HeddleDatabase } from './open-database.js';
import { toSqlite } from '../sql/shared-sql.js';
import { sqliteTables } from './sqlite-tables.js';

/**
 * State that is derived from runs and must not be lost, such as the audit log or what budgets spent. It writes to the same database, with
 * synchronous SQL only, inside the transaction that commits the records. If it fails, nothing of the append is stored.
 */
export interface JournalProjection {
  /** The types of records that it reads; other records cost it nothing. */
  readonly types: readonly RunRecord['type'][];
  write(runId: string, records: readonly RunRecord[]): void;
  /** Called before an acceptance is written; it throws a HeddleError to refuse the run. */
  admit?(run: RunAcceptance): void;
  accept?(run: RunAcceptance, bundleHash: string): void;
}

/**
 * A projection as data, for the journal of any database: its writes are part of the commit of the acceptance or of the records. Its writes
 * have no topic. Only acceptances can be refused by guards.
 */
export interface RunProjection {
  /** The types of records that it reads; other records cost it nothing. */
  readonly types: readonly RunRecord['type'][];
  /** Reads that run before a run is accepted. If one of them fails, its error refuses the run. */
  readonly admit?: (run: RunAcceptance) => readonly GuardedWrite[];
  /** The writes of an acceptance. `admit` may pass for two concurrent runs, so each write repeats the condition. */
  readonly accept?: (run: RunAcceptance, bundleHash: string) => readonly GuardedWrite[];
  readonly write?: (runId: string, records: readonly RunRecord[]) => readonly GuardedWrite[];
  /**
   * A query by `@run` that finds a row if the writes of records can affect anything. Only heddle.db runs it first, because it takes a
   * microsecond there; on a server it would be a round trip.
   */
  readonly concerns?: string;
}

/** Converts a projection for heddle.db, where one transaction admits and accepts a run. */
export function inJournal(database: HeddleDatabase, { types, ...projection }: RunProjection): JournalProjection {
  const tables = sqliteTables(database);
  const { concerns } = projection;
  const asked =
    concerns === undefined ? undefined : database.connection.prepare<[{ readonly run: string }]>(toSqlite(concerns));
  const apply = (writes: readonly GuardedWrite[] = []): void => {
    if (writes.length > 0) tables.apply(writes);
  };
  return {
    types,
    admit: (run) => apply(projection.admit?.(run)),
    accept: (run, bundleHash) => apply(projection.accept?.(run, bundleHash)),
    write(runId, records) {
      if (asked !== undefined && asked.get({ run: runId }) === undefined) return;
      apply(projection.write?.(runId, records));
    },
  };
}
