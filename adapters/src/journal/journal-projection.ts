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

/** All projections of a journal. */
export interface Projections {
  /** Hands each projection the records that it reads. */
  write(runId: string, records: readonly RunRecord[]): void;
}

/** Undefined where there is no projection. */
export function projectRecords(projections: readonly JournalProjection[]): Projections | undefined {
  if (projections.length === 0) return undefined;
  const readers = projections.map((projection) => ({ projection, types: new Set(projection.types) }));
  const anyType = new Set(projections.flatMap(({ types }) => types));
  return {
    write(runId, records) {
      if (!records.some(({ type }) => anyType.has(type))) return;
      for (const { projection, types } of readers) {
        const read = records.filter(({ type }) => types.has(type));
        if (read.length > 0) projection.write(runId, read);
      }
    },
  };
}
