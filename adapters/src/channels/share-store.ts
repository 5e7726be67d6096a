import { HeddleError, type Clock, type RunAcceptance } from '@heddle/core';
import { hashToken } from '../identity/secret-token.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { dayOf, secondsLeftOf } from './day.js';

interface Row {
  readonly body: string;
  readonly day: number | null;
  readonly day_runs: number;
  readonly fired_at: number | null;
}

/** What a share was used for. */
export interface ShareUsage {
  /** Since midnight, UTC. */
  readonly runs: number;
  /** Epoch milliseconds. */
  readonly lastRunAt: number | undefined;
}

/**
 * The fields of share links besides those of channels: a token, stored as its hash alone, and the runs of a
 * day. The runs are counted in the commit that accepts each, by a clock that a jump does not move to another day.
 * Changing is plain SQL, for a transaction that is open already.
 *
 * @example createShareStore(database, clock.trusted).find('hsl_…') // the id of a channel, or undefined
 */
export function createShareStore({ connection, file }: HeddleDatabase, clock: Pick<Clock, 'now'>) {
  const byToken = connection
    .prepare<[string], string>("SELECT id FROM channels WHERE token_hash = ? AND kind = 'share'")
    .pluck();
  const setToken = connection.prepare<[string, string]>('UPDATE channels SET token_hash = ? WHERE id = ?');
  const hashOf = connection.prepare<[string], string | null>('SELECT token_hash FROM channels WHERE id = ?').pluck();
  const rowOf = connection.prepare<[string], Row>('SELECT body, day, day_runs, fired_at FROM channels WHERE id = ?');
  const count = connection.prepare<[number, number, number, string]>(
    'UPDATE channels SET day_runs = CASE WHEN day = ? THEN day_runs + 1 ELSE 1 END, day = ?, fired_at = ? WHERE id = ?',
  );
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const usedOn = (row: Row, time: number): number => (row.day === dayOf(time) ? row.day_runs : 0);

  const checkRow = (row: Row | undefined, time: number): void => {
    if (row === undefined) throw new HeddleError('not_found', 'This link is closed.');
    const { runsPerDay } = JSON.parse(row.body) as { readonly runsPerDay?: number }; // written by the server from its schema
    if (usedOn(row, time) < (runsPerDay ?? Infinity)) return;
    throw new HeddleError('too_many_requests', 'This page has been used as often as it may be today.', {
      details: { retryAfterSeconds: secondsLeftOf(time) },
    });
  };

  /** H: a run through a share is accepted only while the share is there and its day has room, and is counted in the same commit. */
  const projection: JournalProjection = {
    types: [],
    admit(run) {
      const id = shareOf(run);
      if (id === undefined) return;
      checkRow(rowOf.get(id), clock.now());
    },
    accept(run) {
      const id = shareOf(run);
      const day = dayOf(clock.now());
      if (id !== undefined) count.run(day, day, run.time, id);
    },
    write: () => undefined,
  };

  return {
    projection,
    /** The channel that a token opens. */
    find: (token: string): string | undefined => read(() => byToken.get(hashToken(token))),
    /** Whether it is still this token that opens the channel. */
    isOpenedBy: (id: string, token: string): boolean => read(() => hashOf.get(id)) === hashToken(token),
    setToken: (id: string, token: string): void => void setToken.run(hashToken(token), id),
    /** Whether a day has room for one more run, as it is now; a run asks again in its own commit. Errors: `not_found`, `too_many_requests`. */
    checkDay: (id: string): void =>
      checkRow(
        read(() => rowOf.get(id)),
        clock.now(),
      ),
    usage(id: string): ShareUsage {
      const row = read(() => rowOf.get(id));
      return row === undefined
        ? { runs: 0, lastRunAt: undefined }
        : { runs: usedOn(row, clock.now()), lastRunAt: row.fired_at ?? undefined };
    },
  };
}
export type ShareStore = ReturnType<typeof createShareStore>;

/** A run that a local user starts again is theirs, and does not count. */
function shareOf({ trigger, caller }: RunAcceptance): string | undefined {
  const principal = trigger === 'published' ? caller?.principal : undefined;
  return principal?.startsWith('share:') === true ? principal.slice('share:'.length) : undefined;
}
