import { HeddleError, type GuardedWrite, type LivingState } from '@heddle/core';

/**
 * The write that drains a worker, or lets it take runs again. The worker notices it at its next renewal. Errors: `process_not_found`.
 *
 * @example await audit.commit(event, [stateWrite(boot, 'draining')]);
 */
export const stateWrite = (boot: string, state: LivingState): GuardedWrite => ({
  sql: "UPDATE workers SET state = @state WHERE CAST(boot AS text) = @boot AND state <> 'retired' AND slots > 0",
  values: { boot, state },
  rows: 1,
  otherwise: () =>
    new HeddleError(
      'process_not_found',
      `No process ${boot} takes runs: it ended, or takes none. GET /api/cluster lists the processes.`,
      { details: { process: boot } },
    ),
});
