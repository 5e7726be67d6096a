import { HeddleError } from '@heddle/core';
import { createSealedText, type SealedText } from '../identity/sealed-text.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** What opens a published workflow to the outside, beside its own address. */
export type ChannelKind = 'hook' | 'webhook' | 'schedule' | 'share';

/** A row of the table `channels`. The schema of `body` depends on `kind`. */
export interface StoredChannel {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly workflowId: string;
  /** `Principal.id` of who made it: its runs have their rights. */
  readonly owner: string;
  readonly body: unknown;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Of schedules: the last time that began a run. */
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

/** Sealed secrets are bound to this text, which older versions wrote too: it never changes. */
const sealContext = (id: string): string => `door ${id}`;

const columns = 'id, kind, workflow_id, owner, body, created_at, fired_at';

/** A trigger that is deleted, and can still be restored, is not there: nothing starts by it, and no list shows it. */
export const seenChannels = (column: string): string =>
  `${column} NOT IN (SELECT id FROM deletions WHERE kind = 'trigger')`;

/** How a schedule names the time of a run, so that the same time never begins two. */
export const scheduleScope = (id: string): string => `schedule:${id}`;

function prepareStatements(connection: HeddleDatabase['connection']) {
  return {
    byId: connection.prepare<[string], Row>(`SELECT ${columns} FROM channels WHERE id = ? AND ${seenChannels('id')}`),
    deleted: connection.prepare<[string], Row>(
      `SELECT ${columns} FROM channels WHERE id = ? AND NOT ${seenChannels('id')}`,
    ),
    ofWorkflow: connection.prepare<[string, string], Row>(
      `SELECT ${columns} FROM channels WHERE workflow_id = ? AND kind = ? AND ${seenChannels('id')} ORDER BY created_at, id`,
    ),
    ofKind: connection.prepare<[string], Row>(
      `SELECT ${columns} FROM channels WHERE kind = ? AND ${seenChannels('id')} ORDER BY created_at, id`,
    ),
    secretOf: connection.prepare<[string], Buffer | null>('SELECT secret FROM channels WHERE id = ?').pluck(),
    insert: connection.prepare<[string, string, string, string, string, number, Buffer | null]>(
      'INSERT INTO channels (id, kind, workflow_id, owner, body, created_at, secret) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    update: connection.prepare<[string, string]>('UPDATE channels SET body = ? WHERE id = ?'),
    reseal: connection.prepare<[Buffer, string]>('UPDATE channels SET secret = ? WHERE id = ?'),
    remove: connection.prepare<[string]>('DELETE FROM channels WHERE id = ?'),
    fired: connection.prepare<[string], number | null>('SELECT fired_at FROM channels WHERE id = ?').pluck(),
    fire: connection.prepare<[number, string]>('UPDATE channels SET fired_at = ? WHERE id = ?'),
  };
}

/**
 * Channels in heddle.db. Writing is plain SQL, for a transaction that is open already.
 *
 * @example await audit.write([entry], () => channels.insert(channel, { secret }));
 */
export class ChannelStore {
  private readonly database: HeddleDatabase;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private readonly sealed: SealedText;
  /** S: a time of a schedule is written in the commit that accepts its run, and no run is accepted for that time or an earlier one. */
  readonly projection: JournalProjection;

  constructor(database: HeddleDatabase, keyFile: string) {
    this.database = database;
    this.statements = prepareStatements(database.connection);
    this.sealed = createSealedText(database, keyFile);
    this.projection = {
      types: [],
      admit: ({ idempotency }) => {
        const time = timeOf(idempotency);
        if (time === undefined || time.at > (this.statements.fired.get(time.schedule) ?? -Infinity)) return;
        throw new HeddleError('idempotency_conflict', 'This time of the schedule has begun a run already.');
      },
      accept: ({ idempotency }) => {
        const time = timeOf(idempotency);
        if (time !== undefined) this.statements.fire.run(time.at, time.schedule);
      },
      write: () => undefined,
    };
  }

  find(id: string): StoredChannel | undefined {
    return this.read(() => fromRow(this.statements.byId.get(id)));
  }

  /** A deleted trigger that is not removed yet. */
  findDeleted(id: string): StoredChannel | undefined {
    return this.read(() => fromRow(this.statements.deleted.get(id)));
  }

  list(kind: ChannelKind, workflowId?: string): readonly StoredChannel[] {
    return this.read(() =>
      (workflowId === undefined
        ? this.statements.ofKind.all(kind)
        : this.statements.ofWorkflow.all(workflowId, kind)
      ).flatMap((row) => fromRow(row) ?? []),
    );
  }

  /** What signs its messages. Errors: `secret_unreadable`. */
  secret(id: string): string {
    const found = this.read(() => this.statements.secretOf.get(id));
    if (!Buffer.isBuffer(found)) throw new HeddleError('secret_not_found', `'${id}' has no secret.`);
    return this.sealed.open(sealContext(id), found);
  }

  insert(channel: Omit<StoredChannel, 'firedAt'>, hidden: { readonly secret?: string } = {}): void {
    const { id, kind, workflowId, owner, body, createdAt } = channel;
    const secret = hidden.secret === undefined ? null : this.sealed.seal(sealContext(id), hidden.secret);
    this.statements.insert.run(id, kind, workflowId, owner, JSON.stringify(body), createdAt, secret);
  }

  update(id: string, body: unknown): void {
    this.statements.update.run(JSON.stringify(body), id);
  }

  setSecret(id: string, secret: string): void {
    this.statements.reseal.run(this.sealed.seal(sealContext(id), secret), id);
  }

  remove(id: string): void {
    this.statements.remove.run(id);
  }

  /** Times up to this one need no run. */
  skipTo(id: string, time: number): void {
    this.read(() => void this.statements.fire.run(time, id));
  }

  private read<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

function timeOf(
  idempotency: { readonly scope: string; readonly key: string } | undefined,
): { readonly schedule: string; readonly at: number } | undefined {
  if (idempotency?.scope.startsWith('schedule:') !== true) return undefined;
  return { schedule: idempotency.scope.slice('schedule:'.length), at: Number(idempotency.key) };
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
