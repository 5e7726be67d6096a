import { createSharedTrustedTime, type StoredTime } from '@heddle/adapters/stores';
import type { Tables } from '@heddle/core';
import { TrustedClock } from '../../common/trusted-clock.js';
import { DatabaseClock, type DatabaseClockParts } from './database-clock.js';

/** The trusted clock of a process that shares its database with others. */
export interface SharedClock {
  readonly clock: TrustedClock;
  /** Asks the database for its time, which all processes use. Errors: `database_*`. */
  measure(): Promise<void>;
  /** Compares the clock at intervals with what other processes store in the database, until it is closed. */
  start(): void;
  /** Stores the trusted time for the next process. */
  close(): Promise<void>;
}

interface SharedClockParts extends DatabaseClockParts {
  readonly sinceBoot?: () => number;
}

const compareEveryMs = 30_000;

/**
 * Opens the clock. Where the clock of this machine differs, its time is that of the database. The trusted time is stored in the database.
 * Errors: `database_*`.
 *
 * @example const { clock } = await openSharedClock(tables, { database, base: realClock, sinceBoot, log });
 */
export async function openSharedClock(tables: Tables, { sinceBoot, ...parts }: SharedClockParts): Promise<SharedClock> {
  const base = await DatabaseClock.open(parts);
  const shared = createSharedTrustedTime(tables);
  const onFault = (err: unknown): void =>
    parts.log.warn({ err }, 'the trusted time could not be kept; it is tried again');
  let kept: StoredTime | undefined = await shared.read();
  let writing: Promise<void> = Promise.resolve();
  const clock = new TrustedClock({
    base,
    databaseAhead: base.aheadMs,
    onFault,
    ...(sinceBoot && { sinceBoot }),
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
      await base.measure();
      clock.compare({ databaseAhead: base.aheadMs, kept: await shared.read() });
    } catch {
      // The watch of the database reports that it is unreachable.
    }
  };
  return {
    clock,
    measure: () => base.measure(),
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
