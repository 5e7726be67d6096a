import { HeddleError, type Clock, type Delivery, type DeliveryAttempt, type RunRecord } from '@heddle/core';
import { newId } from '../identity/secret-token.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { seenChannels } from './channel-store.js';

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

function prepareStatements(connection: HeddleDatabase['connection']) {
  return {
    targets: connection.prepare<[string], { readonly id: string; readonly body: string }>(`
    SELECT channels.id, channels.body FROM runs JOIN channels ON channels.workflow_id = runs.workflow_id AND channels.kind = 'webhook'
    WHERE runs.id = +? AND runs.version IS NOT NULL AND runs.run_trigger <> 'replay' AND ${seenChannels('channels.id')}`),
    any: connection.prepare<[], number>("SELECT 1 FROM channels WHERE kind = 'webhook' LIMIT 1").pluck(),
    insert: connection.prepare<[string, string, string, string, string | null, number, number]>(
      "INSERT INTO deliveries (id, channel, run, event, request, status, created_at, next_at) VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?)",
    ),
    // A time that no wait can have set was made by a wrong clock, and is due.
    due: connection.prepare<[number, number, number, string, number], Row>(`
    SELECT * FROM deliveries WHERE status = 'waiting' AND (next_at <= ? OR next_at > ? OR (next_at > ? AND attempts = 0))
      AND channel NOT IN (SELECT value FROM json_each(?)) AND ${seenChannels('channel')}
    ORDER BY next_at, number LIMIT ?`),
    next: connection
      .prepare<[], number | null>(
        `SELECT min(next_at) FROM deliveries WHERE status = 'waiting' AND ${seenChannels('channel')}`,
      )
      .pluck(),
    byId: connection.prepare<[string], Row>('SELECT * FROM deliveries WHERE id = ?'),
    ofChannel: connection.prepare<[string, string | null, string | null, number], Row>(
      'SELECT * FROM deliveries WHERE channel = ? AND (? IS NULL OR status = ?) ORDER BY number DESC LIMIT ?',
    ),
    end: connection.prepare<[string, number, string | null, string]>(
      'UPDATE deliveries SET status = ?, attempts = attempts + 1, next_at = NULL, ended_at = ?, error = ? WHERE id = ?',
    ),
    retry: connection.prepare<[number, string, string]>(
      'UPDATE deliveries SET attempts = attempts + 1, next_at = ?, error = ? WHERE id = ?',
    ),
    wait: connection.prepare<[number, string]>('UPDATE deliveries SET next_at = ? WHERE id = ?'),
    again: connection.prepare<[number, string]>(
      "UPDATE deliveries SET status = 'waiting', attempts = 0, next_at = ?, ended_at = NULL, error = NULL WHERE id = ?",
    ),
    forget: connection.prepare<[number]>("DELETE FROM deliveries WHERE status = 'sent' AND ended_at < ?"),
    tried: connection.prepare<[string, number, number, number | null, string | null, string | null]>(
      'INSERT INTO delivery_tries (delivery, at, ms, status, response, error) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    triesOf: connection.prepare<[string, number], TryRow>(
      'SELECT * FROM delivery_tries WHERE delivery = ? ORDER BY number DESC LIMIT ?',
    ),
  };
}

/**
 * Deliveries to webhooks that are still to be made. A delivery is written in the commit of the record that it reports,
 * so that neither exists without the other. It stays until it was received or given up; a dead delivery stays until a
 * person sends it again.
 *
 * @example createSqliteJournal(database, { blobs, clock, projections: [outbox.projection] })
 */
export class Outbox {
  readonly projection: JournalProjection;
  private readonly database: HeddleDatabase;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly trusted: Pick<Clock, 'now'>;
  private readonly forgetsAt: () => number | undefined;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private onAdded = (): void => undefined;

  constructor(
    database: HeddleDatabase,
    clock: Pick<Clock, 'now'>,
    options: {
      /** The clock by which tries fall due: a jump makes none wait. Default: the same. */
      readonly trusted?: Pick<Clock, 'now'>;
      /** The time by which ended deliveries are forgotten; undefined while nothing may be. */
      readonly forgetsAt?: () => number | undefined;
    } = {},
  ) {
    this.database = database;
    this.clock = clock;
    this.trusted = options.trusted ?? clock;
    this.forgetsAt = options.forgetsAt ?? (() => this.trusted.now());
    this.statements = prepareStatements(database.connection);
    this.projection = {
      types: ['run-end', 'human-input-start', 'human-input-remind'],
      write: (runId, records) => this.write(runId, records),
    };
  }

  /** Called inside the commit that adds something. */
  whenAdded(callback: () => void): void {
    this.onAdded = callback;
  }

  /** The longest due first, but for those of the busy webhooks. */
  due(now: number, limit: number, busy: readonly string[] = []): readonly Delivery[] {
    return this.within(() =>
      this.statements.due
        .all(now, now + longestWaitMs, now + longestFirstWaitMs, JSON.stringify(busy), limit)
        .map(fromRow),
    );
  }

  nextAt(): number | undefined {
    return this.within(() => this.statements.next.get() ?? undefined);
  }

  /** Newest first. */
  list(channel: string, status: Delivery['status'] | undefined, limit: number): readonly Delivery[] {
    return this.within(() =>
      this.statements.ofChannel.all(channel, status ?? null, status ?? null, limit).map(fromRow),
    );
  }

  /** Errors: `delivery_not_found`. */
  get(id: string): Delivery {
    const row = this.within(() => this.statements.byId.get(id));
    if (row === undefined) throw new HeddleError('delivery_not_found', `There is no delivery '${id}'.`);
    return fromRow(row);
  }

  /** Plain SQL, for a transaction that is open already. */
  end(id: string, status: 'sent' | 'dead', error?: string, attempt?: DeliveryAttempt): void {
    this.statements.end.run(status, this.clock.now(), error ?? null, id);
    if (attempt !== undefined) this.addTry(id, attempt);
  }

  tryAt(id: string, time: number, error: string, attempt?: DeliveryAttempt): void {
    const write = this.database.connection.transaction(() => {
      this.statements.retry.run(time, error, id);
      if (attempt !== undefined) this.addTry(id, attempt);
    });
    this.within(() => write());
  }

  /** How each try went, the newest first. */
  tries(id: string): readonly DeliveryAttempt[] {
    return this.within(() => this.statements.triesOf.all(id, shownTries).map(toAttempt));
  }

  /** Looked at again then; it was no try. */
  postpone(id: string, time: number): void {
    this.within(() => void this.statements.wait.run(time, id));
  }

  /** Plain SQL, for a transaction that is open already. */
  sendAgain(id: string): void {
    this.statements.again.run(this.trusted.now(), id);
  }

  sweep(): void {
    const now = this.forgetsAt();
    if (now !== undefined) this.within(() => void this.statements.forget.run(now - keptMs));
  }

  private addTry(id: string, { at, ms, status, response, error }: DeliveryAttempt): void {
    this.statements.tried.run(id, at, ms, status ?? null, response ?? null, error ?? null);
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }

  private write(runId: string, records: readonly RunRecord[]): void {
    if (this.statements.any.get() === undefined) return;
    const channels = this.statements.targets
      .all(runId)
      .map(({ id, body }) => ({ id, ...(JSON.parse(body) as { events: string[] }) })); // written by us
    if (channels.length === 0) return;
    const now = this.clock.now();
    for (const record of records) {
      const event = eventOf(record);
      for (const channel of channels)
        if (event !== undefined && channel.events.includes(event))
          this.statements.insert.run(newId('d'), channel.id, runId, event, requestOf(record), now, this.trusted.now());
    }
    this.onAdded();
  }
}

function eventOf(record: RunRecord): Delivery['event'] | undefined {
  if (record.type === 'human-input-start') return 'human-input.opened';
  if (record.type === 'human-input-remind')
    return record.stage === 'reminder' ? 'human-input.reminder' : 'human-input.escalated';
  return record.type === 'run-end' ? `run.${record.status}` : undefined;
}

function toAttempt({ at, ms, status, response, error }: TryRow): DeliveryAttempt {
  return { at, ms, status: status ?? undefined, response: response ?? undefined, error: error ?? undefined };
}

const requestOf = (record: RunRecord): string | null =>
  record.type === 'human-input-start' || record.type === 'human-input-remind' ? record.requestId : null;

function fromRow(row: Row): Delivery {
  return {
    id: row.id,
    webhook: row.channel,
    runId: row.run,
    event: row.event,
    requestId: row.request ?? undefined,
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAt: row.next_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    error: row.error ?? undefined,
  };
}
