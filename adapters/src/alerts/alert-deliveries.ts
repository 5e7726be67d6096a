import {
  AlertChannelConfig,
  AlertEvent,
  HeddleError,
  type AlertDelivery,
  type AlertStore,
  type AlertWrites,
  type Clock,
  type GuardedWrite,
  type StoredAlertChannel,
  type Tables,
} from '@heddle/core';
import type { SealedText } from '../identity/sealed-text.js';
import { isDone } from '../sql/is-done.js';

interface ChannelRow {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  readonly config: string;
  readonly createdAt: number;
}

interface DeliveryRow {
  readonly id: string;
  readonly event: number;
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

const channelColumns = 'id, project, owner, config, created_at AS "createdAt"';
const deliveryColumns = 'id, event, alert, channel, kind, message, status, attempts, error, ended_at AS "endedAt"';

/** Reads the channels to which alerts are sent. */
export function channelsOf(
  tables: Tables,
  sealed: SealedText,
): Pick<AlertStore, 'channels' | 'channel' | 'secretOf' | 'lastDelivery'> {
  return {
    async channels() {
      const sql = `SELECT ${channelColumns} FROM alert_channels ORDER BY created_at, id`;
      return (await tables.all<ChannelRow>(sql)).map(channelOf);
    },
    async channel(id) {
      const row = await tables.get<ChannelRow>(`SELECT ${channelColumns} FROM alert_channels WHERE id = @id`, { id });
      if (row === undefined) throw missingChannel(id);
      return channelOf(row);
    },
    async secretOf(id) {
      const sql = 'SELECT secret FROM alert_channels WHERE id = @id';
      const found = (await tables.get<{ readonly secret: Uint8Array | null }>(sql, { id }))?.secret;
      return found === null || found === undefined ? undefined : sealed.open(sealContext(id), found);
    },
    async lastDelivery(channel) {
      const sql = `SELECT ${deliveryColumns} FROM alert_deliveries WHERE channel = @channel AND ended_at IS NOT NULL
        ORDER BY number DESC LIMIT 1`;
      return lastOf(await tables.get<DeliveryRow>(sql, { channel }));
    },
  };
}

/** Writes that change channels and messages, for the commit with their audit event. */
export const channelWrites = (
  clock: Pick<Clock, 'now'>,
  sealed: SealedText,
): Pick<AlertWrites, 'addChannel' | 'removeChannel' | 'endSending'> => ({
  addChannel: ({ id, project, owner, config }, secret) => [
    {
      sql: `INSERT INTO alert_channels (id, project, owner, config, secret, created_at)
        VALUES (@id, @project, @owner, @config, @secret, @now)`,
      values: {
        id,
        project,
        owner,
        config: JSON.stringify(config),
        now: clock.now(),
        secret: secret === undefined ? null : sealed.seal(sealContext(id), secret),
      },
    },
  ],
  removeChannel: (id) => [
    { sql: "DELETE FROM alert_deliveries WHERE channel = @id AND status = 'waiting'", values: { id } },
    {
      sql: 'DELETE FROM alert_channels WHERE id = @id',
      values: { id },
      rows: 1,
      otherwise: () => missingChannel(id),
    },
  ],
  endSending: (id, { status, error, at }) => [
    {
      sql: 'UPDATE alert_deliveries SET status = @status, error = @error, ended_at = @at, due_at = NULL WHERE id = @id',
      values: { id, status, error: error ?? null, at },
    },
  ],
});

/** Reads and updates the messages that are not delivered yet. */
export function deliveriesOf(
  tables: Tables,
  clock: Pick<Clock, 'now'>,
): Pick<AlertStore, 'due' | 'nextAt' | 'beginSending' | 'tryLater' | 'markInterrupted'> {
  return {
    async due(now, limit) {
      const sql = `SELECT ${deliveryColumns} FROM alert_deliveries WHERE status = 'waiting' AND due_at <= @now
        ORDER BY due_at, number LIMIT @limit`;
      return (await tables.all<DeliveryRow>(sql, { now, limit })).map(deliveryOf);
    },
    async nextAt() {
      const sql = `SELECT min(due_at) AS "at" FROM alert_deliveries WHERE status = 'waiting'`;
      return (await tables.get<{ readonly at: number | null }>(sql))?.at ?? undefined;
    },
    beginSending: (id) =>
      isDone(
        tables.note([
          {
            sql: "UPDATE alert_deliveries SET status = 'sending', attempts = attempts + 1 WHERE id = @id AND status = 'waiting'",
            values: { id },
            rows: 1,
          },
        ]),
      ),
    tryLater: (id, at, error) =>
      tables.note([
        {
          sql: "UPDATE alert_deliveries SET status = 'waiting', due_at = @at, error = @error WHERE id = @id AND status = 'sending'",
          values: { id, at, error },
        },
      ]),
    markInterrupted: (first = []) =>
      tables.note([
        ...first,
        {
          sql: "UPDATE alert_deliveries SET status = 'interrupted', error = @error, ended_at = @now, due_at = NULL WHERE status = 'sending'",
          values: { error: interrupted, now: clock.now() },
        },
      ]),
  };
}

/** The write that adds a message about the newest event of a rule. The same commit must lock the row of the rule. */
export const messageOf = (
  message: Readonly<Record<'id' | 'alert' | 'channel' | 'kind' | 'message', string>> & { readonly at: number },
): GuardedWrite => ({
  sql: `INSERT INTO alert_deliveries (id, event, alert, channel, kind, message, status, attempts, due_at)
    SELECT @id, max(number), @alert, @channel, @kind, @message, 'waiting', 0, @at FROM alert_events WHERE alert = @alert`,
  values: message,
});

/** The messages of events of a rule, by the number of the event. */
export async function messagesOf(
  tables: Tables,
  alert: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<number, AlertEvent['deliveries']>> {
  const sql = `SELECT ${deliveryColumns} FROM alert_deliveries WHERE event >= @from AND event <= @to AND alert = @alert ORDER BY number`;
  const found = new Map<number, AlertEvent['deliveries']>();
  for (const row of await tables.all<DeliveryRow>(sql, { alert, from, to }))
    found.set(row.event, [...(found.get(row.event) ?? []), sentOf(row)]);
  return found;
}

const missingChannel = (id: string): HeddleError =>
  new HeddleError('alert_channel_not_found', `There is no alert channel '${id}': GET /api/alert-channels lists them.`);

const channelOf = ({ config, ...row }: ChannelRow): StoredAlertChannel => ({
  ...row,
  config: AlertChannelConfig.parse(JSON.parse(config)),
});

const deliveryOf = ({ id, alert, channel, kind, message, attempts }: DeliveryRow): AlertDelivery => ({
  id,
  alert,
  channel,
  message,
  attempts,
  event: AlertEvent.shape.kind.parse(kind),
});

const sentOf = ({ channel, status, attempts, error, endedAt }: DeliveryRow): AlertEvent['deliveries'][number] =>
  AlertEvent.shape.deliveries.element.parse({
    channel,
    status,
    attempts,
    error: error ?? undefined,
    sentAt: endedAt ?? undefined,
  });

function lastOf(row: DeliveryRow | undefined): Awaited<ReturnType<AlertStore['lastDelivery']>> {
  if (row === undefined || row.endedAt === null) return undefined;
  const { status, endedAt: at, error } = row;
  return error === null ? { at, status } : { at, status, error };
}
