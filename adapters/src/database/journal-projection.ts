import type { RunAcceptance, RunRecord } from '@heddle/core';

/**
 * Something that is made from runs and must not be lost: the audit record, what was spent. It writes to the same database, inside
 * the transaction that commits the records, with synchronous SQL only; where that fails, nothing of the append is kept.
 */
export interface JournalProjection {
  /** The records that it reads; others cost it nothing. */
  readonly types: readonly RunRecord['type'][];
  write(runId: string, records: readonly RunRecord[]): void;
  /** Before anything of an acceptance is written: throws a HeddleError to refuse it. */
  admit?(run: RunAcceptance): void;
  accept?(run: RunAcceptance, bundleHash: string): void;
}
