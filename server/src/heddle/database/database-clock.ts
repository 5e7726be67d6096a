import type { PostgresDatabase } from '@heddle/adapters/postgres';
import { steadySource, type Clock, type TimeSource } from '@heddle/core';
import { callAt } from '../../common/real-clock.js';
import type { Log } from '../../common/log.js';

/** Clocks of machines that keep their time agree better than this, and no wait that somebody chose is hurt by less. */
const toleranceMs = 1_000;
/** An answer that took longer says too little about the time. */
const longestMs = 1_000;

/** What measuring the time of the database needs. */
export interface DatabaseClockParts {
  readonly database: Pick<PostgresDatabase, 'run'>;
  /** The clock of the machine. */
  readonly base: Clock;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * The time that all processes on one database share. It is the clock of the machine while that agrees with the clock of the database, and
 * otherwise the time of the database, carried on by the steady clock. So a machine whose clock is wrong, or is set while it works, writes no
 * wrong times, and a wait that it began ends in time in another process.
 *
 * @example const clock = await DatabaseClock.open({ database, base: realClock, log });
 */
export class DatabaseClock implements Clock {
  readonly steady: TimeSource;
  /** The time of the database at a moment of the steady clock. */
  private anchor: { readonly time: number; readonly at: number };
  private isWrong = false;

  private constructor(private readonly parts: DatabaseClockParts) {
    this.steady = steadySource(parts.base);
    this.anchor = { time: parts.base.now(), at: this.steady.now() };
  }

  /** Measures the time first. Errors: `database_*`. */
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

  /** Asks the database for its time. A later answer than `mostMs` changes nothing. Errors: `database_*`. */
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
    // The time does not move back and forth by what the answers take.
    if (Math.abs(found.time - this.expected(found.at)) > uncertain + 1) this.anchor = found;
    this.compare();
  }

  private expected(at = this.steady.now()): number {
    return this.anchor.time + (at - this.anchor.at);
  }

  /** How far the clock of the machine is ahead of that of the database. */
  get aheadMs(): number {
    return Math.round(this.parts.base.now() - this.expected());
  }

  /** Says once that the clock of the machine is wrong, and once that it is right again. */
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
