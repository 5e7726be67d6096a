import { HeddleError, type GuardedWrite, type RunAcceptance, type Tables } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import type { SealedText } from '../identity/sealed-text.js';
import { lock } from '../sql/lock.js';

/** The kinds of channel that open a published workflow to the outside, apart from its own API address. */
export type ChannelKind = 'hook' | 'webhook' | 'schedule' | 'share';

/** A row of the table `channels`. The schema of `body` depends on `kind`. */
export interface StoredChannel {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly workflowId: string;
  /** The `Principal.id` of the user who made it; its runs have the rights of this principal. */
  readonly owner: string;
  readonly body: unknown;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** For schedules: the last scheduled time that started a run, in epoch milliseconds. */
  readonly firedAt: number | undefined;
}

interface Row {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly workflow_id: string;
  readonly owner: string;
  readonly body: string;
  readonly created_at: number;
  readonly fired_at: number | null;
}

/** Sealed secrets are bound to this text. It never changes, because older versions wrote it too. */
const sealContext = (id: string): string => `door ${id}`;

const columns = 'id, kind, workflow_id, owner, body, created_at, fired_at';

/** Excludes a deleted trigger that can still be restored: it starts no run, and no list shows it. */
export const seenChannels = (column: string): string =>
  `${column} NOT IN (SELECT id FROM deletions WHERE kind = 'trigger')`;

/** The idempotency scope of the runs of a schedule: the same scheduled time never starts two runs. */
export const scheduleScope = (id: string): string => `schedule:${id}`;

/**
 * A scheduled time is written in the commit that accepts its run. No run is accepted for the same or an earlier time, or for a schedule
 * that was deleted.
 */
const scheduleTimes: RunProjection = {
  types: [],
  admit: (run) =>
    timesOf(run).flatMap((values) => [
      {
        sql: `SELECT 1 FROM channels WHERE id = @schedule AND ${seenChannels('id')}`,
        values: { schedule: values.schedule },
        rows: 1,
        otherwise: () => missingChannel(values.schedule),
      },
      {
        sql: 'SELECT 1 FROM channels WHERE id = @schedule AND fired_at >= @at',
        values,
        rows: 0,
        otherwise: timeAlreadyStarted,
      },
    ]),
  accept: (run) =>
    timesOf(run).map((values) => ({
      sql: 'UPDATE channels SET fired_at = @at WHERE id = @schedule AND (fired_at IS NULL OR fired_at < @at)',
      values,
      rows: 1,
      otherwise: timeAlreadyStarted,
    })),
};

/** Channels on any database. @example const channels = new ChannelStore(tables, sealed); */
export class ChannelStore {
  readonly write: ChannelWrites;
  readonly projection = scheduleTimes;
  private readonly tables: Tables;
  private readonly sealed: SealedText;
  private readonly byId: (values: { id: string }) => Promise<Row | undefined>;

  constructor(tables: Tables, sealed: SealedText) {
    this.tables = tables;
    this.sealed = sealed;
    this.write = new ChannelWrites(sealed);
    this.byId = tables.lookup(`SELECT ${columns} FROM channels WHERE id = @id AND ${seenChannels('id')}`);
  }

  async find(id: string): Promise<StoredChannel | undefined> {
    return fromRow(await this.byId({ id }));
  }

  /** A trigger that is deleted but can still be restored. */
  async findDeleted(id: string): Promise<StoredChannel | undefined> {
    const sql = `SELECT ${columns} FROM channels WHERE id = @id AND NOT ${seenChannels('id')}`;
    return fromRow(await this.tables.get<Row>(sql, { id }));
  }

  async list(kind: ChannelKind, workflowId?: string): Promise<readonly StoredChannel[]> {
    const ofWorkflow = workflowId === undefined ? '' : 'workflow_id = @workflowId AND ';
    const sql = `SELECT ${columns} FROM channels WHERE ${ofWorkflow}kind = @kind AND ${seenChannels('id')} ORDER BY created_at, id`;
    const rows = await this.tables.all<Row>(sql, { kind, workflowId: workflowId ?? null });
    return rows.flatMap((row) => fromRow(row) ?? []);
  }

  /** The secret that signs the messages of a webhook. Errors: `secret_not_found`, `secret_unreadable`. */
  async secret(id: string): Promise<string> {
    const sql = 'SELECT secret FROM channels WHERE id = @id';
    const secret = (await this.tables.get<{ readonly secret: Uint8Array | null }>(sql, { id }))?.secret ?? null;
    if (secret === null) throw new HeddleError('secret_not_found', `'${id}' has no secret.`);
    return this.sealed.open(sealContext(id), secret);
  }

  /** Marks the times of a schedule up to `time` as done, without a run. */
  async skipTo(id: string, time: number): Promise<void> {
    const sql = 'UPDATE channels SET fired_at = @time WHERE id = @id AND (fired_at IS NULL OR fired_at < @time)';
    await this.tables.note([{ sql, values: { id, time } }]);
  }

  /**
   * Resets the last time of a schedule if a wrong clock wrote it: times count from `time` on. A time that another process wrote meanwhile
   * stays.
   */
  async setBack(id: string, last: number, time: number): Promise<void> {
    const sql = 'UPDATE channels SET fired_at = @time WHERE id = @id AND (fired_at IS NULL OR fired_at = @last)';
    await this.tables.note([{ sql, values: { id, time, last } }]);
  }
}

/** Changes of channels, for the commit with their audit event. */
class ChannelWrites {
  private readonly sealed: SealedText;

  constructor(sealed: SealedText) {
    this.sealed = sealed;
  }

  /** Errors: `secret_unreadable`; in the commit `workflow_not_found`. */
  insert(channel: Omit<StoredChannel, 'firedAt'>, hidden: { readonly secret?: string } = {}): readonly GuardedWrite[] {
    const { id, kind, workflowId, owner, body, createdAt } = channel;
    const secret = hidden.secret === undefined ? null : this.sealed.seal(sealContext(id), hidden.secret);
    return [
      lock('workflows', workflowId, () => new HeddleError('workflow_not_found', 'The workflow was deleted meanwhile.')),
      {
        sql: `INSERT INTO channels (id, kind, workflow_id, owner, body, created_at, secret, runs_per_day, events)
          VALUES (@id, @kind, @workflowId, @owner, @body, @createdAt, @secret, @runsPerDay, @events)`,
        values: { id, kind, workflowId, owner, body: JSON.stringify(body), createdAt, secret, ...comparedOf(body) },
      },
    ];
  }

  /** In the commit: `trigger_not_found`. */
  update(id: string, body: unknown): GuardedWrite {
    return {
      sql: 'UPDATE channels SET body = @body, runs_per_day = @runsPerDay, events = @events WHERE id = @id',
      values: { id, body: JSON.stringify(body), ...comparedOf(body) },
      ...ofChannel(id),
    };
  }

  /** Errors: `secret_unreadable`; in the commit `trigger_not_found`. */
  setSecret(id: string, secret: string): GuardedWrite {
    return {
      sql: 'UPDATE channels SET secret = @secret WHERE id = @id',
      values: { id, secret: this.sealed.seal(sealContext(id), secret) },
      ...ofChannel(id),
    };
  }

  /** In the commit: `trigger_not_found`. */
  remove(id: string): GuardedWrite {
    return { sql: 'DELETE FROM channels WHERE id = @id', values: { id }, ...ofChannel(id) };
  }
}

export const missingChannel = (id: string): HeddleError =>
  new HeddleError('trigger_not_found', `There is no '${id}' here.`);

const ofChannel = (id: string): Pick<GuardedWrite, 'rows' | 'otherwise'> => ({
  rows: 1,
  otherwise: () => missingChannel(id),
});

const timeAlreadyStarted = (): HeddleError =>
  new HeddleError('idempotency_conflict', 'This time of the schedule has already started a run.');

/**
 * The values that commits of runs compare with, as columns: how many runs a share page may start in a day, and which events a webhook
 * subscribes to.
 */
function comparedOf(body: unknown): { readonly runsPerDay: number | null; readonly events: string | null } {
  const { runsPerDay, events } = { ...(typeof body === 'object' ? body : {}) } as Readonly<Record<string, unknown>>;
  return {
    runsPerDay: typeof runsPerDay === 'number' ? runsPerDay : null,
    events: Array.isArray(events) ? JSON.stringify(events) : null,
  };
}

function timesOf({ idempotency }: RunAcceptance): readonly { readonly schedule: string; readonly at: number }[] {
  if (idempotency?.scope.startsWith('schedule:') !== true) return [];
  return [{ schedule: idempotency.scope.slice('schedule:'.length), at: Number(idempotency.key) }];
}

function fromRow(row: Row | undefined): StoredChannel | undefined {
  if (row === undefined) return undefined;
  const { id, kind, workflow_id: workflowId, owner, body, created_at: createdAt, fired_at: firedAt } = row;
  return {
    id,
    kind,
    workflowId,
    owner,
    createdAt,
    body: JSON.parse(body) as unknown,
    firedAt: firedAt ?? undefined,
  };
}
