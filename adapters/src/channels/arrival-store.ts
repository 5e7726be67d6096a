import type { Arrival, GuardedWrite, Tables } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';

interface Row {
  readonly number: number;
  readonly at: number;
  readonly key: string;
  readonly run: string | null;
  readonly code: string | null;
  readonly message: string | null;
}

/** How many arrivals are kept of each channel: this many that started a run, and this many that were refused. */
export const mostArrivals = 200;
const longestKey = 255;
const longestMessage = 500;

/** The scope of a run that a person started from a schedule; it is distinct from the scope of the scheduled times. */
export const nowScope = (id: string): string => `now:${id}`;
const scopes = /^(?:hook|schedule|now):(.+)$/;

/**
 * Stores what arrived by each webhook and schedule. An arrival that started a run is written in the commit of that run, so no run is shown
 * without its message. A refused arrival is written by itself.
 *
 * @example const arrivals = createArrivalStore(tables); await arrivals.refused(id, clock.now(), key, error);
 */
export function createArrivalStore(tables: Tables) {
  const projection: RunProjection = {
    types: [],
    accept({ idempotency, runId, time }) {
      const channel = idempotency === undefined ? undefined : scopes.exec(idempotency.scope)?.[1];
      if (channel === undefined || idempotency === undefined) return [];
      const key = idempotency.scope.startsWith('now:') ? 'now' : idempotency.key;
      return [arrival({ channel, at: time, key, run: runId, code: null, message: null }), forgetting(channel, 'begun')];
    },
  };

  return {
    projection,
    refused: (
      channel: string,
      at: number,
      key: string,
      { code, message }: { readonly code: string; readonly message: string },
    ): Promise<void> =>
      tables.note([
        arrival({ channel, at, key, run: null, code, message: message.slice(0, longestMessage) }),
        forgetting(channel, 'refused'),
      ]),
    /** Newest first. */
    list: async (channel: string, limit: number): Promise<readonly Arrival[]> => {
      const sql = 'SELECT * FROM arrivals WHERE channel = @channel ORDER BY number DESC LIMIT @limit';
      return (await tables.all<Row>(sql, { channel, limit })).map(fromRow);
    },
  };
}
export type ArrivalStore = ReturnType<typeof createArrivalStore>;

function fromRow({ number, at, key, run, code, message }: Row): Arrival {
  return {
    number,
    at,
    key,
    runId: run ?? undefined,
    ...(code === null ? {} : { error: { code, message: message ?? '' } }),
  };
}

const arrival = (row: Omit<Row, 'number'> & { readonly channel: string }): GuardedWrite => ({
  sql: 'INSERT INTO arrivals (channel, at, key, run, code, message) VALUES (@channel, @at, @key, @run, @code, @message)',
  values: { ...row, key: row.key.slice(0, longestKey) },
});

/** Refused arrivals never displace those that started runs, so a caller without access cannot hide the others. */
function forgetting(channel: string, which: 'begun' | 'refused'): GuardedWrite {
  const ofChannel = `channel = @channel AND run IS ${which === 'begun' ? 'NOT NULL' : 'NULL'}`;
  return {
    sql: `DELETE FROM arrivals WHERE ${ofChannel} AND number <= (
      SELECT number FROM arrivals WHERE ${ofChannel} ORDER BY number DESC LIMIT 1 OFFSET ${mostArrivals})`,
    values: { channel },
  };
}
