import type { Arrival } from '@heddle/core';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

interface Row {
  readonly number: number;
  readonly at: number;
  readonly key: string;
  readonly run: string | null;
  readonly code: string | null;
  readonly message: string | null;
}

/** Most that is kept of each channel: so many that began a run, and so many that did not. */
export const keptArrivals = 200;
const longestKey = 255;
const longestMessage = 500;

/** Names the run that a person started from a schedule, beside its times. */
export const nowScope = (id: string): string => `now:${id}`;
const scopes = /^(?:hook|schedule|now):(.+)$/;

/**
 * What arrived by each webhook and schedule. An arrival that started a run is written in the commit of that run, so
 * that no run is shown without its message. A refused arrival is written by itself.
 */
export function createArrivalStore(database: HeddleDatabase) {
  const { connection, file } = database;
  const insert = connection.prepare<[string, number, string, string | null, string | null, string | null]>(
    'INSERT INTO arrivals (channel, at, key, run, code, message) VALUES (?, ?, ?, ?, ?, ?)',
  );
  // Refused arrivals never push out those that started runs: a caller without access cannot hide the others.
  const forget = connection.prepare<[string, number, string, number, number]>(`
    DELETE FROM arrivals WHERE channel = ? AND (run IS NULL) = ? AND number <= (
      SELECT number FROM arrivals WHERE channel = ? AND (run IS NULL) = ? ORDER BY number DESC LIMIT 1 OFFSET ?)`);
  const ofChannel = connection.prepare<[string, number], Row>(
    'SELECT * FROM arrivals WHERE channel = ? ORDER BY number DESC LIMIT ?',
  );
  const within = <T>(work: () => T): T => withStorageErrors(file, work);

  const projection: JournalProjection = {
    types: [],
    accept({ idempotency, runId, time }) {
      const channel = idempotency === undefined ? undefined : scopes.exec(idempotency.scope)?.[1];
      if (channel === undefined || idempotency === undefined) return;
      const key = idempotency.scope.startsWith('now:') ? 'now' : idempotency.key;
      insert.run(channel, time, key.slice(0, longestKey), runId, null, null);
      forget.run(channel, 0, channel, 0, keptArrivals);
    },
    write: () => undefined,
  };

  return {
    projection,
    refused: (
      channel: string,
      at: number,
      key: string,
      error: { readonly code: string; readonly message: string },
    ): void =>
      within(() => {
        insert.run(channel, at, key.slice(0, longestKey), null, error.code, error.message.slice(0, longestMessage));
        forget.run(channel, 1, channel, 1, keptArrivals);
      }),
    /** Newest first. */
    list: (channel: string, limit: number): readonly Arrival[] =>
      within(() => ofChannel.all(channel, limit).map(fromRow)),
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
