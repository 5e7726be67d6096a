import { HeddleError, type GuardedWrite, type RunAcceptance, type RunRecord } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';

/** The idempotency scope of the runs of a batch: after a crash, the same row and attempt still name the same run. */
export const batchScope = (id: string): string => `batch:${id}`;
export const rowKey = ({ number, attempt }: { readonly number: number; readonly attempt: number }): string =>
  `${number}:${attempt}`;

/** Writes the state of runs into the rows of their batches. */
export const batchRuns: RunProjection = {
  types: ['run-end', 'cancel-request'],
  concerns: 'SELECT 1 FROM batch_rows WHERE run = @run',
  admit: (run) => rowsOf(run).map(({ batch }) => goingBatch(batch)),
  accept: (run) =>
    rowsOf(run).flatMap(({ batch, number, attempt }) => [
      // A concurrent pause or cancel of the batch either waits for this commit or came before it.
      goingBatch(batch),
      {
        sql: `UPDATE batch_rows SET status = 'running', run = @run, error = NULL, code = NULL
          WHERE batch = @batch AND number = @number AND attempt = @attempt AND status = 'waiting'`,
        values: { run: run.runId, batch, number, attempt },
        rows: 1,
        otherwise: () =>
          new HeddleError('conflict', `Row ${number} of the batch is not waiting, so it is not started again.`),
      },
    ]),
  write: (runId, records) => records.flatMap((record) => endOf(runId, record)),
};

function endOf(run: string, record: RunRecord): readonly GuardedWrite[] {
  // The reason of a cancellation is recorded before the run ends.
  if (record.type === 'cancel-request') {
    const { reason = 'The run was cancelled.', code = 'run_cancelled' } = record;
    const sql = "UPDATE batch_rows SET error = @reason, code = @code WHERE run = @run AND status = 'running'";
    return [{ sql, values: { reason, code, run } }];
  }
  if (record.type !== 'run-end') return [];
  const { status, error } = record;
  return [
    {
      sql: `UPDATE batch_rows SET status = @status, error = CASE WHEN @isDone = 1 THEN NULL ELSE coalesce(@error, error) END,
        code = CASE WHEN @isDone = 1 THEN NULL ELSE coalesce(@code, code) END WHERE run = @run`,
      values: {
        status,
        isDone: status === 'done' ? 1 : 0,
        run,
        error: error?.message ?? null,
        code: error?.code ?? null,
      },
    },
    // Added once, in the commit that ends the run.
    {
      sql: `UPDATE batches SET spent = spent + (SELECT cost FROM runs WHERE id = @run)
        WHERE id = (SELECT batch FROM batch_rows WHERE run = @run)`,
      values: { run },
    },
  ];
}

const goingBatch = (id: string): GuardedWrite => ({
  sql: "SELECT 1 FROM batches WHERE id = @id AND state = 'going' FOR UPDATE",
  values: { id },
  rows: 1,
  otherwise: () => new HeddleError('conflict', 'The batch is paused, cancelled or gone: no further row is started.'),
});

function rowsOf({ idempotency }: RunAcceptance): readonly {
  readonly batch: string;
  readonly number: number;
  readonly attempt: number;
}[] {
  if (idempotency?.scope.startsWith('batch:') !== true) return [];
  const [number = '', attempt = ''] = idempotency.key.split(':');
  return [{ batch: idempotency.scope.slice('batch:'.length), number: Number(number), attempt: Number(attempt) }];
}
