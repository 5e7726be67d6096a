import type { PostgresDatabase } from '@heddle/adapters/postgres';
import { steadySource, type Clock, type TimeSource } from '@heddle/core';
import { callAt } from '../../common/real-clock.js';
import type { Log } from '../../common/log.js';

/** Clocks that are set automatically differ by less than this, and a smaller difference does not matter for any wait. */
const toleranceMs = 1_000;
/** If the reply took longer, it says too little about the time. */
const longestMs = 1_000;

export interface DatabaseClockParts {
  readonly database: Pick<PostgresDatabase, 'run'>;
  /** The clock of the machine. */
  readonly base: Clock;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * The time that all processes on one database share. While the clock of the machine agrees with that of the database, it is the clock of
 * the machine. Otherwise it is the time of the database, continued by the steady clock. So a machine whose clock is wrong, or is set during
 * its work, writes no wrong times, and a wait that it begins ends on time in another process.
 *
 * @example const clock = await DatabaseClock.open({ database, base: realClock, log });
 */
export class DatabaseClock implements Clock {
  readonly steady: TimeSource;
  /** The database's time when the steady clock showed `at`. */
  private anchor: { readonly time: number; readonly at: number };
  private isWrong = false;

  private constructor(private readonly parts: DatabaseClockParts) {
    this.steady = steadySource(parts.base);
    this.anchor = { time: parts.base.now(), at: this.steady.now() };
  }

  /** Opens the clock after a first measurement. Errors: `database_*`. */
  static async open(parts: DatabaseClockParts): Promise<DatabaseClock> {
    const clock = new DatabaseClock(parts);
    await clock.measure(Infinity);
    return clock;
  }

  now(): number {
    const wall = this.parts.base.now();
    const expected = this.expected();
    return Math.abs(wall - expected) <= toleranceMs ? wall : Math.round(expected);
  }

  at(time: number, callback: () => void): () => void {
    return callAt(() => this.now(), time, callback);
  }

  /** Asks the database for its time. A reply that took longer than `mostMs` is ignored. Errors: `database_*`. */
  async measure(mostMs = longestMs): Promise<void> {
    const { database } = this.parts;
    const askedAt = this.steady.now();
    const [row] = await database.run<{ readonly time: number }>({
      name: 'heddle-time',
      sql: 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS time',
      values: [],
    });
    const uncertain = (this.steady.now() - askedAt) / 2;
    if (row === undefined || uncertain * 2 > mostMs) return;
    const found = { time: row.time, at: askedAt + uncertain };
    // Differences within the duration of the reply are ignored, so that the time does not jump back and forth.
    if (Math.abs(found.time - this.expected(found.at)) > uncertain + 1) this.anchor = found;
    this.compare();
  }

  private expected(at = this.steady.now()): number {
    return this.anchor.time + (at - this.anchor.at);
  }

  /** How far the clock of the machine is ahead of the database's clock. */
  get aheadMs(): number {
    return Math.round(this.parts.base.now() - this.expected());
  }

  /** Logs once that the clock of the machine is wrong, and once that it is right again. */
  private compare(): void {
    const { aheadMs } = this;
    const isWrong = Math.abs(aheadMs) > toleranceMs;
    if (isWrong === this.isWrong) return;
    this.isWrong = isWrong;
    this.parts.log.warn(
      { aheadMs },
      isWrong
        ? 'the clock of this machine differs from that of the database: the time of the database counts. Set the clock of this machine'
        : 'the clock of this machine agrees with that of the database again',
    );
  }
}
