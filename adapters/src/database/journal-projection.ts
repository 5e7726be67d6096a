import type { GuardedWrite, RunAcceptance, RunRecord } from '@heddle/core';
import type { HeddleDatabase } from './open-database.js';
import { toSqlite } from '../sql/shared-sql.js';
import { sqliteTables } from './sqlite-tables.js';

/**
 * Something that is made from runs and must not be lost: the audit record, what was spent. It writes to the same database, inside
 * the transaction that commits the records, with synchronous SQL only; if that fails, nothing of the append is kept.
 */
export interface JournalProjection {
  /** The records that it reads; others cost it nothing. */
  readonly types: readonly RunRecord['type'][];
  write(runId: string, records: readonly RunRecord[]): void;
  /** Called before an acceptance is written: throws a HeddleError to refuse the run. */
  admit?(run: RunAcceptance): void;
  accept?(run: RunAcceptance, bundleHash: string): void;
}

/**
 * A projection as data, for the journal of any database: what it writes is a part of the commit of the run or of its records. Its writes have no
 * topic. Guards refuse acceptances only.
 */
export interface RunProjection {
  /** The records that it reads; others cost it nothing. */
  readonly types: readonly RunRecord['type'][];
  /** Reads that must find what they expect before a run is accepted; the error of the first that does not refuses the run. */
  readonly admit?: (run: RunAcceptance) => readonly GuardedWrite[];
  /** Writes of an acceptance. `admit` may pass for two runs at once, so each write repeats the condition. */
  readonly accept?: (run: RunAcceptance, bundleHash: string) => readonly GuardedWrite[];
  readonly write?: (runId: string, records: readonly RunRecord[]) => readonly GuardedWrite[];
  /**
   * A read by `@run` that finds something where the writes of records can touch anything. heddle.db asks it first, which costs a microsecond;
   * on a server it would be a round trip.
   */
  readonly concerns?: string;
}

/** A projection in heddle.db, where one transaction admits a run and accepts it. */
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
