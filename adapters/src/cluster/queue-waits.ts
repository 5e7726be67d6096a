import type { PostgresDatabase } from '../postgres/open-postgres.js';

/** Upper bounds of the histogram of waits, in seconds. */
const waitBounds: readonly number[] = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, Infinity];

/** How long runs of one class waited for a worker. */
export interface ClassWaits {
  readonly class: string;
  readonly runs: number;
  /** For each bound: how many runs waited at most that long. */
  readonly buckets: readonly { readonly seconds: number; readonly runs: number }[];
  /** The sum of all waits. */
  readonly seconds: number;
}

/** Counts how long runs waited, over all processes together. */
export interface QueueWaits {
  /** Counts a run in memory until the next flush. */
  note(className: string, waitedMs: number): void;
  /** Stores the counts in memory. Counts that could not be stored are dropped: counting them twice would falsify the histogram for ever. */
  flush(): Promise<void>;
  read(): Promise<readonly ClassWaits[]>;
}

interface Count {
  runs: number;
  seconds: number;
}

/**
 * Stores waits of runs in a table whose values only grow, as Prometheus requires of histograms. A process that crashes may lose those of
 * its last seconds.
 *
 * @example const waits = createQueueWaits(database); waits.note('cpu', 12); await waits.flush();
 */
export function createQueueWaits(database: Pick<PostgresDatabase, 'run' | 'schema'>): QueueWaits {
  const { schema } = database;
  let counts = new Map<string, Count[]>();
  return {
    note(className, waitedMs) {
      const seconds = Math.max(0, waitedMs / 1_000);
      const row = counts.get(className) ?? waitBounds.map(() => ({ runs: 0, seconds: 0 }));
      counts.set(className, row);
      const count = row[waitBounds.findIndex((bound) => seconds <= bound)];
      if (count === undefined) return;
      count.runs += 1;
      count.seconds += seconds;
    },
    async flush() {
      // Always in the same order, so that two processes do not deadlock.
      const rows = [...counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([className, row]) =>
          row.map((count, at) => ({ className, bound: waitBounds[at] ?? Infinity, ...count })),
        )
        .filter(({ runs }) => runs > 0);
      if (rows.length === 0) return;
      counts = new Map();
      await database.run({
        name: 'heddle-note-waits',
        sql: `INSERT INTO ${schema}.queue_waits AS had (class, bound, runs, seconds)
          SELECT * FROM unnest($1::text[], $2::float8[], $3::bigint[], $4::float8[])
          ON CONFLICT (class, bound) DO UPDATE SET runs = had.runs + excluded.runs, seconds = had.seconds + excluded.seconds`,
        values: [
          rows.map(({ className }) => className),
          rows.map(({ bound }) => bound),
          rows.map(({ runs }) => runs),
          rows.map(({ seconds }) => seconds),
        ],
      });
    },
    async read() {
      const rows = await database.run<{ class: string; bound: number; runs: number; seconds: number }>({
        name: 'heddle-read-waits',
        sql: `SELECT class, bound, runs::float8 AS runs, seconds FROM ${schema}.queue_waits ORDER BY class`,
        values: [],
      });
      const classes = [...new Set(rows.map((row) => row.class))];
      return classes.map((className) => {
        const own = rows.filter((row) => row.class === className);
        return {
          class: className,
          runs: sum(own.map(({ runs }) => runs)),
          buckets: waitBounds.slice(0, -1).map((most) => ({
            seconds: most,
            runs: sum(own.filter(({ bound }) => bound <= most).map(({ runs }) => runs)),
          })),
          seconds: sum(own.map(({ seconds }) => seconds)),
        };
      });
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
