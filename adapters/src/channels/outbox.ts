import {
  HeddleError,
  type Clock,
  type Delivery,
  type DeliveryAttempt,
  type GuardedWrite,
  type RunRecord,
  type Tables,
} from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import { newId } from '../identity/secret-token.js';
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

/** Sent deliveries are kept this long, so that people can look at them. Dead ones are kept until they are sent. */
const keptMs = 30 * 86_400_000;
const shownTries = 50;
/** Longer than any wait between two attempts; the second constant is longer than any wait before the first attempt. */
const longestWaitMs = 2 * 86_400_000;
const longestFirstWaitMs = 60_000;

const columns = 'id, channel, run, event, request, status, attempts, created_at, next_at, ended_at, error';

// No wait is that long: a wrong clock set such a time, so the delivery is due.
const dueSql = `SELECT ${columns} FROM deliveries
  WHERE status = 'waiting' AND (next_at <= @now OR next_at > @tooFar OR (next_at > @tooFarAtFirst AND attempts = 0))
    AND channel NOT IN (EACH @busy) AND ${seenChannels('channel')}
  ORDER BY next_at, number LIMIT @limit`;

/** Adds a delivery for each webhook of the run's workflow that subscribes to the event. Runs of drafts and replays send none. */
const insertSql = `INSERT INTO deliveries (id, channel, run, event, request, status, created_at, next_at)
  SELECT @id || substr(channels.id, 2), channels.id, runs.id, @event, @request, 'waiting',
    CAST(@now AS double precision), CAST(@due AS double precision)
  FROM runs JOIN channels ON channels.workflow_id = runs.workflow_id AND channels.kind = 'webhook'
  WHERE runs.id = +@run AND runs.version IS NOT NULL AND runs.run_trigger <> 'replay' AND channels.events LIKE @pattern
    AND ${seenChannels('channels.id')}`;

const concernsSql = `SELECT 1 FROM runs JOIN channels ON channels.workflow_id = runs.workflow_id AND channels.kind = 'webhook'
  WHERE runs.id = +@run LIMIT 1`;

interface OutboxOptions {
  /** The clock that decides when attempts are due; a jump of the system clock delays none. Default: `clock`. */
  readonly trusted?: Pick<Clock, 'now'>;
  /** The time by which ended deliveries are removed; undefined while none may be removed. */
  readonly forgetsAt?: () => number | undefined;
}

/**
 * The queue of deliveries to webhooks. A delivery is written in the commit of the record that it reports, so that neither exists without
 * the other. It stays until it was received or given up; a dead delivery stays until a person sends it again. One process delivers. A
 * process that takes over sends every delivery that is not marked as sent.
 *
 * @example const outbox = new Outbox(tables, clock); const [delivery] = await outbox.due(clock.now(), 1);
 */
export class Outbox {
  readonly projection: RunProjection;
  readonly write: OutboxWrites;
  private readonly tables: Tables;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly trusted: Pick<Clock, 'now'>;
  private readonly forgetsAt: () => number | undefined;
  private onAdded = (): void => undefined;

  constructor(tables: Tables, clock: Pick<Clock, 'now'>, { trusted = clock, forgetsAt }: OutboxOptions = {}) {
    this.tables = tables;
    this.clock = clock;
    this.trusted = trusted;
    this.forgetsAt = forgetsAt ?? (() => trusted.now());
    this.write = new OutboxWrites(clock, trusted);
    this.projection = {
      types: ['run-end', 'human-input-start', 'human-input-remind'],
      concerns: concernsSql,
      write: (runId, records) => this.added(runId, records),
    };
  }

  /** Sets a callback that runs inside a commit that may add deliveries; it does not run for those of other processes. */
  whenAdded(callback: () => void): void {
    this.onAdded = callback;
  }

  /** The deliveries that are due, the longest overdue first, without those to busy webhooks. */
  async due(now: number, limit: number, busy: readonly string[] = []): Promise<readonly Delivery[]> {
    const bounds = { tooFar: now + longestWaitMs, tooFarAtFirst: now + longestFirstWaitMs };
    const rows = await this.tables.all<Row>(dueSql, { now, limit, busy: JSON.stringify(busy), ...bounds });
    return rows.map(fromRow);
  }

  async nextAt(): Promise<number | undefined> {
    const sql = `SELECT min(next_at) AS next FROM deliveries WHERE status = 'waiting' AND ${seenChannels('channel')}`;
    return (await this.tables.get<{ readonly next: number | null }>(sql))?.next ?? undefined;
  }

  /** Newest first. */
  async list(channel: string, status: Delivery['status'] | undefined, limit: number): Promise<readonly Delivery[]> {
    const ofStatus = status === undefined ? '' : ' AND status = @status';
    const sql = `SELECT ${columns} FROM deliveries WHERE channel = @channel${ofStatus} ORDER BY number DESC LIMIT @limit`;
    const values = { channel, limit, status: status ?? null };
    return (await this.tables.all<Row>(sql, values)).map(fromRow);
  }

  /** Errors: `delivery_not_found`. */
  async get(id: string): Promise<Delivery> {
    const row = await this.tables.get<Row>(`SELECT ${columns} FROM deliveries WHERE id = @id`, { id });
    if (row === undefined) throw missingDelivery(id);
    return fromRow(row);
  }

  /** The result of each attempt, newest first. */
  async tries(id: string): Promise<readonly DeliveryAttempt[]> {
    const sql =
      'SELECT at, ms, status, response, error FROM delivery_tries WHERE delivery = @id ORDER BY number DESC LIMIT @limit';
    return (await this.tables.all<TryRow>(sql, { id, limit: shownTries })).map(toAttempt);
  }

  /** Ends a delivery without sending a message. */
  giveUp(id: string, error: string): Promise<void> {
    return this.tables.note(this.write.end(id, 'dead', error));
  }

  /** Sets the time of the next attempt. A delivery that has ended is not changed. */
  async tryAt(id: string, time: number, error: string, attempt?: DeliveryAttempt): Promise<void> {
    await this.tables.note([
      {
        sql: `UPDATE deliveries SET attempts = attempts + 1, next_at = @time, error = @error WHERE id = @id AND status = 'waiting'`,
        values: { id, time, error },
      },
      ...tried(id, attempt),
    ]);
  }

  /** Sets a later time for the delivery without counting an attempt. */
  async postpone(id: string, time: number): Promise<void> {
    const sql = "UPDATE deliveries SET next_at = @time WHERE id = @id AND status = 'waiting'";
    await this.tables.note([{ sql, values: { id, time } }]);
  }

  async sweep(): Promise<void> {
    const now = this.forgetsAt();
    if (now === undefined) return;
    const sql = "DELETE FROM deliveries WHERE status = 'sent' AND ended_at < @before";
    await this.tables.note([{ sql, values: { before: now - keptMs } }]);
  }

  private added(run: string, records: readonly RunRecord[]): readonly GuardedWrite[] {
    const now = this.clock.now();
    const due = this.trusted.now();
    const writes = records.flatMap((record): readonly GuardedWrite[] => {
      const event = eventOf(record);
      if (event === undefined) return [];
      const values = { id: newId('d'), run, event, request: requestOf(record), now, due, pattern: `%"${event}"%` };
      return [{ sql: insertSql, values }];
    });
    if (writes.length > 0) this.onAdded();
    return writes;
  }
}

/** Changes of deliveries, for the commit with their audit event. */
class OutboxWrites {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly trusted: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>, trusted: Pick<Clock, 'now'>) {
    this.clock = clock;
    this.trusted = trusted;
  }

  /** Marks a waiting delivery as sent or dead, and records the attempt. A delivery that has ended keeps its status; a deleted one gets no attempt. */
  end(id: string, status: 'sent' | 'dead', error?: string, attempt?: DeliveryAttempt): readonly GuardedWrite[] {
    return [
      {
        sql: `UPDATE deliveries SET status = @status, attempts = attempts + 1, next_at = NULL, ended_at = @now, error = @error
          WHERE id = @id AND status = 'waiting'`,
        values: { id, status, now: this.clock.now(), error: error ?? null },
      },
      ...tried(id, attempt),
    ];
  }

  /** Errors of the commit: `delivery_not_found`. */
  sendAgain(id: string): GuardedWrite {
    return {
      sql: `UPDATE deliveries SET status = 'waiting', attempts = 0, next_at = @now, ended_at = NULL, error = NULL WHERE id = @id`,
      values: { id, now: this.trusted.now() },
      rows: 1,
      otherwise: () => missingDelivery(id),
    };
  }
}

const tried = (id: string, attempt: DeliveryAttempt | undefined): readonly GuardedWrite[] =>
  attempt === undefined
    ? []
    : [
        {
          sql: `INSERT INTO delivery_tries (delivery, at, ms, status, response, error)
            SELECT id, CAST(@at AS double precision), CAST(@ms AS double precision), CAST(@status AS integer), @response, @error
            FROM deliveries WHERE id = @id`,
          values: {
            id,
            at: attempt.at,
            ms: attempt.ms,
            status: attempt.status ?? null,
            response: attempt.response ?? null,
            error: attempt.error ?? null,
          },
        },
      ];

const missingDelivery = (id: string): HeddleError =>
  new HeddleError('delivery_not_found', `There is no delivery '${id}'.`);

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
