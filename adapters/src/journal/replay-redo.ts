import { isTerminal } from '@heddle/core';
import type { HeddleDatabase } from './open-database.js';
import { createRecordInserts } from './record-inserts.js';
import { readRedoLog, redoFileOf, removeRedoLog } from './redo-log.js';
import { createRunStates } from './run-states.js';
import { withStorageErrors } from './storage-error.js';

/**
 * Brings into the table what a process wrote to its redo log before it died, and removes the log.
 *
 * An append counts where it follows the last record of its run: what is in the table already is passed over, and so is what
 * follows something that a power loss took. Call only as the one process of the data folder. Errors: `storage_*`.
 */
export function replayRedo(database: HeddleDatabase): void {
  const { connection, file } = database;
  const log = redoFileOf(file);
  withStorageErrors(file, () => {
    const entries = readRedoLog(log);
    if (entries.length > 0) {
      const states = createRunStates(database);
      const begin = connection.prepare<[number, number]>(
        "UPDATE runs SET status = 'running', started_at = coalesce(started_at, ?) WHERE number = ? AND status = 'queued'",
      );
      const inserts = createRecordInserts(database);
      connection
        .transaction(() => {
          for (const { runId, first, count, rows } of entries) {
            if (!states.has(runId)) continue;
            const run = states.get(runId);
            if (isTerminal(run.status) || first !== run.lastSeq + 1) continue;
            run.lastSeq += count;
            for (const { columns, body } of rows) {
              const [, type, time] = columns;
              if (type === 'run-start') begin.run(time, run.number);
              inserts.add([run.number, ...columns, body, null], false);
            }
          }
          inserts.flush();
        })
        .immediate();
    }
    removeRedoLog(log);
  });
}
