import { HeddleError, type GuardedWrite, type RunAcceptance } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import type { CellKey } from './stored-experiment.js';

const scopePrefix = 'experiment:';

/** The idempotency scope of the runs of an experiment. The same cell and attempt get the same run again after a crash. */
export const experimentScope = (id: string): string => `${scopePrefix}${id}`;
export const cellKey = ({ number, repeat, variant, attempt }: CellKey): string =>
  `${number}:${repeat}:${variant}:${attempt}`;

/** The id of the experiment in a scope; undefined if the scope is not of an experiment. */
export const idOfScope = (scope: string | undefined): string | undefined =>
  scope?.startsWith(scopePrefix) === true ? scope.slice(scopePrefix.length) : undefined;

/** Updates the cells and the cost of an experiment in the commits of its runs. */
export const experimentRuns: RunProjection = {
  types: ['run-end'],
  concerns: 'SELECT 1 FROM experiment_cells WHERE run = @run',
  admit: (run) => cellsOf(run).map(({ id }) => goingExperiment(id)),
  accept: (run) =>
    cellsOf(run).flatMap((cell) => [
      // A lock: a pause or cancellation of the experiment is committed either before this or after it.
      goingExperiment(cell.id),
      {
        sql: `UPDATE experiment_cells SET state = 'running', run = @run, error = NULL, code = NULL
          WHERE experiment = @id AND number = @number AND repeat = @repeat AND variant = @variant AND attempt = @attempt AND state = 'waiting'`,
        values: { ...cell, run: run.runId },
        rows: 1,
        otherwise: () =>
          new HeddleError('conflict', `Row ${cell.number} of the experiment is not waiting: it is not started again.`),
      },
    ]),
  write: (run, records) => records.filter(({ type }) => type === 'run-end').map(() => spentBy(run)),
};

/** Adds the cost of a run to its experiment, once, in the commit that ends the run. */
const spentBy = (run: string): GuardedWrite => ({
  sql: `UPDATE experiments SET spent_runs = spent_runs + (SELECT cost FROM runs WHERE id = @run)
    WHERE id = (SELECT experiment FROM experiment_cells WHERE run = @run AND state = 'running')`,
  values: { run },
});

const goingExperiment = (id: string): GuardedWrite => ({
  sql: "SELECT 1 FROM experiments WHERE id = @id AND state = 'going' FOR UPDATE",
  values: { id },
  rows: 1,
  otherwise: () =>
    new HeddleError('conflict', 'The experiment is paused, cancelled or removed: no further row is started.'),
});

function cellsOf({ idempotency }: RunAcceptance): readonly (CellKey & { readonly id: string })[] {
  const id = idOfScope(idempotency?.scope);
  if (id === undefined || idempotency === undefined) return [];
  const [number = 0, repeat = 0, variant = 0, attempt = 0] = idempotency.key.split(':').map(Number);
  return [{ id, number, repeat, variant, attempt }];
}
