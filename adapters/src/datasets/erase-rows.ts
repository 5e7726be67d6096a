import type { DatasetStore } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import type { DatasetStatements } from './dataset-statements.js';

/**
 * Erases rows that were made from runs, from all versions and from a version that is being written. Each version counts how many of its rows
 * were erased.
 */
export function createErasure(
  { connection }: Pick<HeddleDatabase, 'connection'>,
  statements: DatasetStatements,
  transact: <T>(work: () => T) => T,
  /** Called for each dataset that lost rows. */
  onErased: (dataset: string) => void,
): Pick<DatasetStore, 'remember' | 'runsOf' | 'forgetRuns'> {
  function forgetRuns(runs: readonly string[]): ReadonlyMap<string, number> {
    const erased = new Map<string, number>();
    for (const run of new Set(runs)) {
      for (const row of statements.rowsOfRun.all(run)) {
        statements.eraseRow.run(row.number);
        statements.countErased.run(row);
        erased.set(row.dataset, (erased.get(row.dataset) ?? 0) + 1);
      }
      statements.forgetRun.run(run);
    }
    for (const dataset of erased.keys()) {
      statements.countRows.run(dataset);
      onErased(dataset);
    }
    return erased;
  }
  return {
    remember(runs) {
      transact(() => {
        for (const { run, conversations } of runs)
          for (const conversation of conversations) statements.remember.run(conversation, run);
      });
    },
    runsOf: (conversations) =>
      conversations.flatMap((conversation) => statements.runsOf.all(conversation).map(({ run }) => run)),
    forgetRuns: (runs) =>
      [...overwriting(connection, () => transact(() => forgetRuns(runs)))].map(([dataset, rows]) => ({
        dataset,
        rows,
      })),
  };
}
