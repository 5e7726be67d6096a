import { createSharedTrustedTime, type KeptTime } from '@heddle/adapters/stores';
import type { Clock, Tables } from '@heddle/core';
import type { Log } from '../../common/log.js';
import { TrustedClock } from '../../common/trusted-clock.js';

/** The trusted clock of a process that shares its database with others. */
export interface SharedClock {
  readonly clock: TrustedClock;
  /** Compares the clock with that of the database, and with what others keep there, until it is closed. */
  start(): void;
  /** Stores the trusted time for the next process. */
  close(): Promise<void>;
}

/** What it stands on. */
export interface SharedClockParts {
  /** The clock of this machine. */
  readonly base: Clock;
  readonly sinceBoot?: () => number;
  readonly log: Log;
}

const compareEveryMs = 30_000;
const databaseTime = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS time';

/**
 * Opens it: reads the time that is kept in the database, and compares the clock of this machine with that of the database. Errors: `database_*`.
 *
 * @example const { clock } = await openSharedClock(tables, { base: realClock, sinceBoot, log });
 */
export async function openSharedClock(
  tables: Tables,
  { base, sinceBoot, log }: SharedClockParts,
): Promise<SharedClock> {
  const shared = createSharedTrustedTime(tables);
  const onFault = (err: unknown): void => log.warn({ err }, 'the trusted time could not be kept; it is tried again');
  let kept: KeptTime | undefined = await shared.read();
  let writing: Promise<void> = Promise.resolve();
  const clock = new TrustedClock({
    ...{ base, databaseAhead: await aheadOfDatabase(tables, base), onFault, ...(sinceBoot && { sinceBoot }) },
    store: {
      read: () => kept,
      write(next) {
        kept = next;
        writing = writing.then(() => shared.write(next)).catch(onFault);
      },
    },
  });
  let stopTimer: (() => void) | undefined;
  const compare = async (): Promise<void> => {
    try {
      clock.compare({ databaseAhead: await aheadOfDatabase(tables, base), kept: await shared.read() });
    } catch (err) {
      log.debug({ err }, 'the clock could not be compared with that of the database; it is tried again');
    }
  };
  return {
    clock,
    start() {
      clock.start();
      const again = (): void => {
        stopTimer = clock.steady.at(clock.steady.now() + compareEveryMs, () => void compare().finally(again));
      };
      again();
    },
    async close() {
      stopTimer?.();
      clock.close();
      await writing;
    },
  };
}

/** Milliseconds. What a slow network adds is less than what counts as a difference. */
async function aheadOfDatabase(tables: Tables, base: Pick<Clock, 'now'>): Promise<number> {
  const before = base.now();
  const row = await tables.get<{ readonly time: number }>(databaseTime);
  return (before + base.now()) / 2 - (row?.time ?? before);
}
