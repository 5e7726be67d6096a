import { checkDatabase, type PostgresDatabase } from '@heddle/adapters/postgres';
import { HeddleError, steadySource, toHeddleError, type Clock } from '@heddle/core';

const everyMs = 1_000;
/** Without an answer for so long, nothing can be stored now. */
const longestMs = 3_000;

/** Knows whether the database can be used now. */
export interface DatabaseWatch {
  /** Errors: `database_*`, `storage_*` of the last check. */
  check(): void;
  stop(): void;
}

/**
 * Asks the database every second. Its answers say what health says, and whether a caller is told at once that nothing can be stored.
 *
 * @example const watch = watchDatabase(database, { clock }); watch.check();
 */
export function watchDatabase(
  database: PostgresDatabase,
  { clock, mayLose = false }: { readonly clock: Clock; readonly mayLose?: boolean | undefined },
): DatabaseWatch {
  const time = steadySource(clock);
  let fault: HeddleError | undefined;
  let askedAt: number | undefined;
  let isStopped = false;
  let cancel = (): void => undefined;
  const ask = async (): Promise<void> => {
    askedAt = time.now();
    try {
      await checkDatabase(database, mayLose);
      fault = undefined;
    } catch (error) {
      fault = toHeddleError(error);
    }
    askedAt = undefined;
    if (!isStopped) later();
  };
  const later = (): void => {
    cancel = time.at(time.now() + everyMs, () => void ask());
  };
  later();
  return {
    check() {
      if (fault !== undefined) throw fault;
      if (askedAt !== undefined && time.now() - askedAt > longestMs)
        throw new HeddleError(
          'database_unreachable',
          `Postgres at ${database.host} has not answered for ${Math.round((time.now() - askedAt) / 1_000)} s: check that it runs, and the network to it.`,
        );
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
