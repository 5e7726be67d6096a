import { HeddleError, type Clock, type Delivery, type DeliveryAttempt, type RunRecord } from '@heddle/core';
import { newId } from '../identity/secret-token.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

interface Row {
  readonly id: string;
  readonly channel: string;
  readonly run: string;
  readonly event: Delivery['event'];
  readonly request: string | null;
  readonly status: Delivery['status'];
  readonly attempts: number;
  readonly created_at: number;
  readonly next_at: number | null;
  readonly ended_at: number | null;
  readonly error: string | null;
}

interface TryRow {
  readonly at: number;
  readonly ms: number;
  readonly status: number | null;
  readonly response: string | null;
  readonly error: string | null;
}

/** Ended deliveries are kept this long for people to look at; dead ones until they are sent. */
const keptMs = 30 * 86_400_000;
const shownTries = 50;
/** Longer than any wait before a further try, and than any before the first. */
const longestWaitMs = 2 * 86_400_000;
const longestFirstWaitMs = 60_000;

/**
 * Deliveries to webhooks that are still to be made. A delivery is written in the commit of the record that it reports,
 * so that neither exists without the other. It stays until it was received or given up; a dead delivery stays until a
 * person sends it again.
 *
 * @example createSqliteJournal(database, { blobs, clock, projections: [outbox.projection] })
 */
export function createOutbox(
  database: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  {
    trusted = clock,
    forgetsAt = () => trusted.now(),
  }: {
    /** The clock by which tries fall due: a jump makes none wait. Default: the same. */
    readonly trusted?: Pick<Clock, 'now'>;
    /** The time by which ended deliveries are forgotten; undefined while nothing may be. */
    readonly forgetsAt?: () => number | undefined;
  } = {},
) {
  const { connection, file } = database;
  const targets = connection.prepare<[string], { readonly id: string; readonly body: string }>(`
    SELECT channels.id, channels.body FROM runs JOIN channels ON channels.workflow_id = runs.workflow_id AND channels.kind = 'webhook'
    WHERE runs.id = +? AND runs.version IS NOT NULL`);
  const any = connection.prepare<[], number>("SELECT 1 FROM channels WHERE kind = 'webhook' LIMIT 1").pluck();
  const insert = connection.prepare<[string, string, string, string, string | null, number, number]>(
    "INSERT INTO deliveries (id, channel, run, event, request, status, created_at, next_at) VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?)",
  );
  // A time that no wait can have set was made by a wrong clock, and is due.
  const due = connection.prepare<[number, number, number, string, number], Row>(`
    SELECT * FROM deliveries WHERE status = 'waiting' AND (next_at <= ? OR next_at > ? OR (next_at > ? AND attempts = 0))
      AND channel NOT IN (SELECT value FROM json_each(?))
    ORDER BY next_at, number LIMIT ?`);
  const next = connection
    .prepare<[], number | null>("SELECT min(next_at) FROM deliveries WHERE status = 'waiting'")
    .pluck();
  const byId = connection.prepare<[string], Row>('SELECT * FROM deliveries WHERE id = ?');
  const ofChannel = connection.prepare<[string, string | null, string | null, number], Row>(
    'SELECT * FROM deliveries WHERE channel = ? AND (? IS NULL OR status = ?) ORDER BY number DESC LIMIT ?',
  );
  const end = connection.prepare<[string, number, string | null, string]>(
    'UPDATE deliveries SET status = ?, attempts = attempts + 1, next_at = NULL, ended_at = ?, error = ? WHERE id = ?',
  );
  const retry = connection.prepare<[number, string, string]>(
    'UPDATE deliveries SET attempts = attempts + 1, next_at = ?, error = ? WHERE id = ?',
  );
  const wait = connection.prepare<[number, string]>('UPDATE deliveries SET next_at = ? WHERE id = ?');
  const again = connection.prepare<[number, string]>(
    "UPDATE deliveries SET status = 'waiting', attempts = 0, next_at = ?, ended_at = NULL, error = NULL WHERE id = ?",
  );
  const forget = connection.prepare<[number]>("DELETE FROM deliveries WHERE status = 'sent' AND ended_at < ?");
  const tried = connection.prepare<[string, number, number, number | null, string | null, string | null]>(
    'INSERT INTO delivery_tries (delivery, at, ms, status, response, error) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const triesOf = connection.prepare<[string, number], TryRow>(
    'SELECT * FROM delivery_tries WHERE delivery = ? ORDER BY number DESC LIMIT ?',
  );
  const addTry = (id: string, { at, ms, status, response, error }: DeliveryAttempt): void =>
    void tried.run(id, at, ms, status ?? null, response ?? null, error ?? null);
  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  let onAdded = (): void => undefined;

  function write(runId: string, records: readonly RunRecord[]): void {
    if (any.get() === undefined) return;
    const channels = targets.all(runId).map(({ id, body }) => ({ id, ...(JSON.parse(body) as { events: string[] }) })); // written by us
    if (channels.length === 0) return;
    const now = clock.now();
    for (const record of records) {
      const event = eventOf(record);
      for (const channel of channels)
        if (event !== undefined && channel.events.includes(event))
          insert.run(newId('d'), channel.id, runId, event, requestOf(record), now, trusted.now());
    }
    onAdded();
  }

  return {
    projection: { types: ['run-end', 'human-input-start', 'human-input-remind'], write } satisfies JournalProjection,
    /** Called inside the commit that adds something. */
    whenAdded: (callback: () => void): void => void (onAdded = callback),
    /** The longest due first, but for those of the busy webhooks. */
    due: (now: number, limit: number, busy: readonly string[] = []): readonly Delivery[] =>
      within(() =>
        due.all(now, now + longestWaitMs, now + longestFirstWaitMs, JSON.stringify(busy), limit).map(fromRow),
      ),
    nextAt: (): number | undefined => within(() => next.get() ?? undefined),
    /** Newest first. */
    list: (channel: string, status: Delivery['status'] | undefined, limit: number): readonly Delivery[] =>
      within(() => ofChannel.all(channel, status ?? null, status ?? null, limit).map(fromRow)),
    /** Errors: `delivery_not_found`. */
    get(id: string): Delivery {
      const row = within(() => byId.get(id));
      if (row === undefined) throw new HeddleError('delivery_not_found', `There is no delivery '${id}'.`);
      return fromRow(row);
    },
    /** Plain SQL, for a transaction that is open already. */
    end(id: string, status: 'sent' | 'dead', error?: string, attempt?: DeliveryAttempt): void {
      end.run(status, clock.now(), error ?? null, id);
      if (attempt !== undefined) addTry(id, attempt);
    },
    tryAt(id: string, time: number, error: string, attempt?: DeliveryAttempt): void {
      const write = connection.transaction(() => {
        retry.run(time, error, id);
        if (attempt !== undefined) addTry(id, attempt);
      });
      within(() => write());
    },
    /** How each try went, the newest first. */
    tries: (id: string): readonly DeliveryAttempt[] => within(() => triesOf.all(id, shownTries).map(toAttempt)),
    /** Looked at again then; it was no try. */
    postpone: (id: string, time: number): void => within(() => void wait.run(time, id)),
    /** Plain SQL, for a transaction that is open already. */
    sendAgain: (id: string): void => void again.run(trusted.now(), id),
    sweep(): void {
      const now = forgetsAt();
      if (now !== undefined) within(() => void forget.run(now - keptMs));
    },
  };
}
export type Outbox = ReturnType<typeof createOutbox>;

function eventOf(record: RunRecord): Delivery['event'] | undefined {
  if (record.type === 'human-input-start') return 'human-input.opened';
  if (record.type === 'human-input-remind')
    return record.stage === 'reminder' ? 'human-input.reminder' : 'human-input.escalated';
  return record.type === 'run-end' ? `run.${record.status}` : undefined;
}

function toAttempt({ at, ms, status, response, error }: TryRow): DeliveryAttempt {
  return {
    at,
    ms,
    ...(status === null ? {} : { status }),
    ...(response === null ? {} : { response }),
    ...(error === null ? {} : { error }),
  };
}

const requestOf = (record: RunRecord): string | null =>
  record.type === 'human-input-start' || record.type === 'human-input-remind' ? record.requestId : null;

function fromRow(row: Row): Delivery {
  return {
    id: row.id,
    webhook: row.channel,
    runId: row.run,
    event: row.event,
    ...(row.request === null ? {} : { requestId: row.request }),
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_at,
    ...(row.next_at === null ? {} : { nextAt: row.next_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.error === null ? {} : { error: row.error }),
  };
}
