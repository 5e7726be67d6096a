import { HeddleError, type GuardedWrite, type RunAcceptance } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import type { CellKey } from './stored-experiment.js';

const scopePrefix = 'experiment:';

/** Names the run of a cell: after a crash, the same cell and attempt are still the same run. */
export const experimentScope = (id: string): string => `${scopePrefix}${id}`;
export const cellKey = ({ number, repeat, variant, attempt }: CellKey): string =>
  `${number}:${repeat}:${variant}:${attempt}`;

/** The experiment that a scope names. */
export const idOfScope = (scope: string | undefined): string | undefined =>
  scope?.startsWith(scopePrefix) === true ? scope.slice(scopePrefix.length) : undefined;

/** What runs write into the cells of their experiments. */
export const experimentRuns: RunProjection = {
  types: ['run-end'],
  concerns: 'SELECT 1 FROM experiment_cells WHERE run = @run',
  admit: (run) => cellsOf(run).map(({ id }) => goingExperiment(id)),
  accept: (run) =>
    cellsOf(run).flatMap((cell) => [
      // Who pauses or cancels the experiment waits, or was before.
      goingExperiment(cell.id),
      {
        sql: `UPDATE experiment_cells SET state = 'running', run = @run, error = NULL, code = NULL
          WHERE experiment = @id AND number = @number AND repeat = @repeat AND variant = @variant AND attempt = @attempt AND state = 'waiting'`,
        values: { ...cell, run: run.runId },
        rows: 1,
        otherwise: () =>
          new HeddleError('conflict', `Row ${cell.number} of the experiment does not wait: it is not begun again.`),
      },
    ]),
  write: (run, records) => records.filter(({ type }) => type === 'run-end').map(() => spentBy(run)),
};

/** The cost of a run is added in the commit of its end, once. */
const spentBy = (run: string): GuardedWrite => ({
  sql: `UPDATE experiments SET spent_runs = spent_runs + (SELECT cost FROM runs WHERE id = @run)
    WHERE id = (SELECT experiment FROM experiment_cells WHERE run = @run AND state = 'running')`,
  values: { run },
});

const goingExperiment = (id: string): GuardedWrite => ({
  sql: "SELECT 1 FROM experiments WHERE id = @id AND state = 'going' FOR UPDATE",
  values: { id },
  rows: 1,
  otherwise: () => new HeddleError('conflict', 'The experiment is paused, cancelled or gone: no further row begins.'),
});

function cellsOf({ idempotency }: RunAcceptance): readonly (CellKey & { readonly id: string })[] {
  const id = idOfScope(idempotency?.scope);
  if (id === undefined || idempotency === undefined) return [];
  const [number = 0, repeat = 0, variant = 0, attempt = 0] = idempotency.key.split(':').map(Number);
  return [{ id, number, repeat, variant, attempt }];
}
