import type { RunRecord } from '@heddle/core';
import type { JournalProjection } from '../../database/journal-projection.js';

export interface Projections {
  write(runId: string, records: readonly RunRecord[]): void;
}

/** Combines the projections of a journal; undefined if there are none. */
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
