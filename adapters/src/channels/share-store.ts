import { HeddleError, type Clock, type GuardedWrite, type RunAcceptance, type Tables } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import { hashToken } from '../identity/secret-token.js';
import { missingChannel } from './channel-store.js';
import { dayOf, secondsLeftOf } from './day.js';

interface Row {
  readonly day: number | null;
  readonly day_runs: number;
  readonly runs_per_day: number | null;
  readonly fired_at: number | null;
}

interface ShareUsage {
  /** Runs since midnight, UTC. */
  readonly runs: number;
  /** Epoch milliseconds. */
  readonly lastRunAt: number | undefined;
}

/** SQL condition: the day `@day` has room for another run. */
const hasRoom = '(runs_per_day IS NULL OR (CASE WHEN day = @day THEN day_runs ELSE 0 END) < runs_per_day)';

/**
 * Stores what share links have besides the fields of a channel: the hash of a token, and the number of runs of a day. A run is counted in
 * the commit that accepts it, by a clock that no jump moves to another day.
 *
 * @example await createShareStore(tables, clock.trusted).find('hsl_…') // the id of a channel, or undefined
 */
export function createShareStore(tables: Tables, clock: Pick<Clock, 'now'>) {
  const byToken = tables.lookup<{ readonly id: string }>(
    "SELECT id FROM channels WHERE token_hash = @hash AND kind = 'share'",
  );
  const openedBy = tables.lookup<{ readonly id: string }>(
    'SELECT id FROM channels WHERE id = @id AND token_hash = @hash',
  );
  const rowOf = (id: string): Promise<Row | undefined> =>
    tables.get<Row>('SELECT day, day_runs, runs_per_day, fired_at FROM channels WHERE id = @id', { id });
  const usedOn = (row: Row, time: number): number => (row.day === dayOf(time) ? row.day_runs : 0);

  return {
    projection: countedRuns(clock),
    find: async (token: string): Promise<string | undefined> => (await byToken({ hash: hashToken(token) }))?.id,
    isOpenedBy: async (id: string, token: string): Promise<boolean> =>
      (await openedBy({ id, hash: hashToken(token) })) !== undefined,
    /** Errors of the commit: `trigger_not_found`. */
    setToken: (id: string, token: string): GuardedWrite => ({
      sql: 'UPDATE channels SET token_hash = @hash WHERE id = @id',
      values: { id, hash: hashToken(token) },
      rows: 1,
      otherwise: () => missingChannel(id),
    }),
    /**
     * Checks that the current day has room for another run; the commit that accepts the run checks again. Errors: `not_found`,
     * `too_many_requests`.
     */
    async checkDay(id: string): Promise<void> {
      const now = clock.now();
      const row = await rowOf(id);
      if (row === undefined) throw closedLink();
      if (usedOn(row, now) >= (row.runs_per_day ?? Infinity)) throw usedUp(now);
    },
    async usage(id: string): Promise<ShareUsage> {
      const row = await rowOf(id);
      return row === undefined
        ? { runs: 0, lastRunAt: undefined }
        : { runs: usedOn(row, clock.now()), lastRunAt: row.fired_at ?? undefined };
    },
  };
}
export type ShareStore = ReturnType<typeof createShareStore>;

/** A run through a share link is accepted only while the link exists and its day has room. The same commit counts the run. */
function countedRuns(clock: Pick<Clock, 'now'>): RunProjection {
  const write = (sql: string, values: GuardedWrite['values'], otherwise: () => HeddleError): GuardedWrite => ({
    sql,
    values,
    rows: 1,
    otherwise,
  });
  return {
    types: [],
    admit(run) {
      const id = shareOf(run);
      if (id === undefined) return [];
      const now = clock.now();
      return [
        write('SELECT 1 FROM channels WHERE id = @id', { id }, closedLink),
        write(`SELECT 1 FROM channels WHERE id = @id AND ${hasRoom}`, { id, day: dayOf(now) }, () => usedUp(now)),
      ];
    },
    accept(run) {
      const id = shareOf(run);
      if (id === undefined) return [];
      const now = clock.now();
      const sql = `UPDATE channels SET day_runs = CASE WHEN day = @day THEN day_runs + 1 ELSE 1 END, day = @day, fired_at = @time
        WHERE id = @id AND ${hasRoom}`;
      return [write(sql, { id, day: dayOf(now), time: run.time }, () => usedUp(now))];
    },
  };
}

const closedLink = (): HeddleError => new HeddleError('not_found', 'This link is closed.');

const usedUp = (now: number): HeddleError =>
  new HeddleError('too_many_requests', 'This page has reached its limit for today.', {
    details: { retryAfterSeconds: secondsLeftOf(now) },
  });

/** A run that a local user reruns belongs to that user, and does not count. */
function shareOf({ trigger, caller }: RunAcceptance): string | undefined {
  const principal = trigger === 'published' ? caller?.principal : undefined;
  return principal?.startsWith('share:') === true ? principal.slice('share:'.length) : undefined;
}
