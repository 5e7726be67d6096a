import {
  AlertChannelConfig,
  AlertEvent,
  HeddleError,
  type AlertDelivery,
  type AlertStore,
  type Clock,
  type StoredAlertChannel,
} from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { createSealedText } from '../identity/sealed-text.js';

/** A row of `alert_channels`. */
interface ChannelRow {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  readonly config: string;
  readonly createdAt: number;
}

/** A row of `alert_deliveries`. */
interface DeliveryRow {
  readonly id: string;
  readonly alert: string;
  readonly channel: string;
  readonly kind: string;
  readonly message: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly endedAt: number | null;
}

const sealContext = (id: string): string => `alert channel ${id}`;
const interrupted = 'The process ended while it was sent: it may have arrived, and is not sent again.';

type Ports =
  | 'channels'
  | 'channel'
  | 'addChannel'
  | 'secretOf'
  | 'removeChannel'
  | 'lastDelivery'
  | 'due'
  | 'nextAt'
  | 'beginSending'
  | 'endSending'
  | 'tryLater'
  | 'markInterrupted';

/** Channels and messages, with what the history of a rule needs of them. */
export interface AlertDeliveries extends Pick<AlertStore, Ports> {
  /** Within a transaction. */
  add(
    message: Readonly<Record<'id' | 'alert' | 'channel' | 'kind' | 'message', string>> & {
      readonly event: number;
      readonly at: number;
    },
  ): void;
  of(event: number): AlertEvent['deliveries'];
  removeOfEvent(event: number): void;
  removeOfAlert(alert: string): void;
}

/** Stores channels and messages of alerts in heddle.db. A message is marked before it is sent, so that a restart does not send it a second time. */
export function createAlertDeliveries(
  database: HeddleDatabase,
  { clock, keyFile }: { readonly clock: Pick<Clock, 'now'>; readonly keyFile: string },
): AlertDeliveries {
  const { connection, file } = database;
  const statements = prepareDeliveries(database);
  const sealed = createSealedText(database, keyFile);
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const transact = <T>(work: () => T): T => read(() => connection.transaction(work).immediate());
  return {
    channels: () => read(() => statements.channels.all().map(channelOf)),
    channel(id) {
      const row = read(() => statements.channel.get(id));
      if (row === undefined)
        throw new HeddleError(
          'alert_channel_not_found',
          `There is no alert channel '${id}': GET /api/alert-channels lists them.`,
        );
      return channelOf(row);
    },
    addChannel({ id, project, owner, config }, secret) {
      const hidden = secret === undefined ? null : sealed.seal(sealContext(id), secret);
      transact(() => statements.addChannel.run(id, project, owner, JSON.stringify(config), hidden, clock.now()));
    },
    secretOf(id) {
      const found = read(() => statements.secret.get(id));
      return Buffer.isBuffer(found) ? sealed.open(sealContext(id), found) : undefined;
    },
    removeChannel: (id) =>
      transact(() => {
        statements.removeOfChannel.run(id);
        statements.removeChannel.run(id);
      }),
    lastDelivery: (id) => read(() => lastOf(statements.last.get(id))),
    due: (now, limit) => read(() => statements.due.all(now, limit).map(deliveryOf)),
    nextAt: () => read(() => statements.next.get() ?? undefined),
    beginSending: (id) => void read(() => statements.begin.run(id)),
    endSending: (id, { status, error, at }) => void read(() => statements.end.run(status, error ?? null, at, id)),
    tryLater: (id, at, error) => void read(() => statements.later.run(at, error, id)),
    markInterrupted: () => void read(() => statements.interrupt.run(interrupted, clock.now())),
    add: (message) => void statements.add.run(message),
    of: (event) => statements.of.all(event).map(sentOf),
    removeOfEvent: (event) => void statements.removeOfEvent.run(event),
    removeOfAlert: (alert) => void statements.removeOfAlert.run(alert),
  };
}

const channelOf = ({ config, ...row }: ChannelRow): StoredAlertChannel => ({
  ...row,
  config: AlertChannelConfig.parse(JSON.parse(config)),
});

const deliveryOf = ({ id, alert, channel, kind, message, attempts }: DeliveryRow): AlertDelivery => ({
  ...{ id, alert, channel, message, attempts },
  event: AlertEvent.shape.kind.parse(kind),
});

const sentOf = ({ channel, status, attempts, error, endedAt }: DeliveryRow): AlertEvent['deliveries'][number] =>
  AlertEvent.shape.deliveries.element.parse({
    ...{ channel, status, attempts, error: error ?? undefined, sentAt: endedAt ?? undefined },
  });

function lastOf(row: DeliveryRow | undefined): ReturnType<AlertStore['lastDelivery']> {
  if (row === undefined || row.endedAt === null) return undefined;
  const { status, endedAt: at, error } = row;
  return error === null ? { at, status } : { at, status, error };
}

const channelColumns = 'id, project, owner, config, created_at AS createdAt';
const deliveryColumns = 'id, alert, channel, kind, message, status, attempts, error, ended_at AS endedAt';

function prepareDeliveries({ connection }: HeddleDatabase) {
  return {
    channels: connection.prepare<[], ChannelRow>(
      `SELECT ${channelColumns} FROM alert_channels ORDER BY created_at, id`,
    ),
    channel: connection.prepare<[string], ChannelRow>(`SELECT ${channelColumns} FROM alert_channels WHERE id = ?`),
    addChannel: connection.prepare<[string, string, string, string, Buffer | null, number]>(
      'INSERT INTO alert_channels (id, project, owner, config, secret, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    secret: connection.prepare<[string], Buffer | null>('SELECT secret FROM alert_channels WHERE id = ?').pluck(),
    removeChannel: connection.prepare<[string]>('DELETE FROM alert_channels WHERE id = ?'),
    add: connection.prepare<[Readonly<Record<string, string | number>>]>(`
      INSERT INTO alert_deliveries (id, event, alert, channel, kind, message, status, attempts, due_at)
      VALUES (@id, @event, @alert, @channel, @kind, @message, 'waiting', 0, @at)`),
    of: connection.prepare<[number], DeliveryRow>(
      `SELECT ${deliveryColumns} FROM alert_deliveries WHERE event = ? ORDER BY number`,
    ),
    last: connection.prepare<[string], DeliveryRow>(
      `SELECT ${deliveryColumns} FROM alert_deliveries WHERE channel = ? AND ended_at IS NOT NULL ORDER BY number DESC LIMIT 1`,
    ),
    due: connection.prepare<[number, number], DeliveryRow>(
      `SELECT ${deliveryColumns} FROM alert_deliveries WHERE status = 'waiting' AND due_at <= ? ORDER BY due_at, number LIMIT ?`,
    ),
    next: connection
      .prepare<[], number | null>("SELECT min(due_at) FROM alert_deliveries WHERE status = 'waiting'")
      .pluck(),
    begin: connection.prepare<[string]>(
      "UPDATE alert_deliveries SET status = 'sending', attempts = attempts + 1 WHERE id = ?",
    ),
    end: connection.prepare<[string, string | null, number, string]>(
      'UPDATE alert_deliveries SET status = ?, error = ?, ended_at = ?, due_at = NULL WHERE id = ?',
    ),
    later: connection.prepare<[number, string, string]>(
      "UPDATE alert_deliveries SET status = 'waiting', due_at = ?, error = ? WHERE id = ?",
    ),
    interrupt: connection.prepare<[string, number]>(
      "UPDATE alert_deliveries SET status = 'interrupted', error = ?, ended_at = ?, due_at = NULL WHERE status = 'sending'",
    ),
    removeOfEvent: connection.prepare<[number]>('DELETE FROM alert_deliveries WHERE event = ?'),
    removeOfAlert: connection.prepare<[string]>('DELETE FROM alert_deliveries WHERE alert = ?'),
    removeOfChannel: connection.prepare<[string]>(
      "DELETE FROM alert_deliveries WHERE channel = ? AND status = 'waiting'",
    ),
  };
}
