import {
  AlertEvent,
  AlertRule,
  AlertState,
  HeddleError,
  type AlertOutcome,
  type AlertStore,
  type Clock,
  type StoredAlert,
} from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { newId } from '../identity/secret-token.js';
import { createAlertDeliveries, type AlertDeliveries } from './alert-deliveries.js';

/** A row of `alerts`. */
interface AlertRow {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  readonly rule: string;
  readonly state: string;
  readonly silentUntil: number | null;
  readonly createdAt: number;
}

/** A row of `alert_events`. */
interface EventRow {
  readonly number: number;
  readonly alert: string;
  readonly at: number;
  readonly kind: string;
  readonly value: number | null;
  readonly text: string;
  readonly runs: string;
  readonly isSilenced: number;
}

/**
 * Alerts in heddle.db. The state of a rule is stored with its event and the messages of it, in one commit.
 *
 * @example const alerts = createAlertStore(database, { clock, keyFile });
 */
export function createAlertStore(
  database: HeddleDatabase,
  options: { readonly clock: Pick<Clock, 'now'>; readonly keyFile: string },
): AlertStore {
  const { connection, file } = database;
  const { clock } = options;
  const statements = prepareAlerts(database);
  const deliveries = createAlertDeliveries(database, options);
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const transact = <T>(work: () => T): T => read(() => connection.transaction(work).immediate());

  const record = createRecorder(statements, deliveries);

  return {
    ...deliveries,
    rules: () => read(() => statements.rules.all().map(alertOf)),
    rule(id) {
      const row = read(() => statements.rule.get(id));
      if (row === undefined)
        throw new HeddleError('alert_not_found', `There is no alert '${id}': GET /api/alerts lists them.`);
      return alertOf(row);
    },
    save({ id, project, owner, rule }) {
      const state: AlertState = { status: 'ok', since: clock.now() };
      transact(() =>
        statements.save.run({
          ...{ id, project, owner, rule: JSON.stringify(rule), state: JSON.stringify(state), now: clock.now() },
        }),
      );
    },
    remove: (id) =>
      transact(() => {
        deliveries.removeOfAlert(id);
        statements.removeEvents.run(id);
        statements.remove.run(id);
      }),
    silence: (id, until) => void read(() => statements.silence.run(until ?? null, id)),
    record: (id, outcome) => transact(() => record(id, outcome)),
    history: (id, limit) =>
      read(() => statements.events.all(id, limit).map((row) => eventOf(row, deliveries.of(row.number)))),
    prune: (before) =>
      transact(() => {
        const numbers = statements.oldest.all(before);
        for (const number of numbers) {
          deliveries.removeOfEvent(number);
          statements.removeEvent.run(number);
        }
        return numbers.length > 0;
      }),
  };
}

/** Writes what a check found, within a transaction. */
function createRecorder(
  statements: ReturnType<typeof prepareAlerts>,
  deliveries: Pick<AlertDeliveries, 'add'>,
): (id: string, outcome: AlertOutcome) => void {
  return (id, { state, event, messages = [] }) => {
    const { changes } = statements.setState.run(JSON.stringify(state), id);
    // Nothing is sent about a rule that was removed meanwhile.
    if (event === undefined || changes === 0) return;
    const { at, kind, text, isSilenced } = event;
    const { lastInsertRowid } = statements.addEvent.run({
      ...{ alert: id, at, kind, text, value: event.value ?? null },
      ...{ runs: JSON.stringify(event.runs), isSilenced: isSilenced ? 1 : 0 },
    });
    const number = Number(lastInsertRowid);
    for (const { channel, message } of messages)
      deliveries.add({ id: newId('al'), event: number, alert: id, channel, kind, message, at });
  };
}

const alertOf = ({ rule, state, silentUntil, ...row }: AlertRow): StoredAlert => ({
  ...row,
  rule: AlertRule.parse(JSON.parse(rule)),
  state: AlertState.parse(JSON.parse(state)),
  silentUntil: silentUntil ?? undefined,
});

const eventOf = ({ value, runs, isSilenced, ...row }: EventRow, deliveries: AlertEvent['deliveries']): AlertEvent =>
  AlertEvent.parse({
    ...row,
    value: value ?? undefined,
    runs: JSON.parse(runs) as unknown,
    isSilenced: isSilenced === 1,
    deliveries,
  });

const ruleColumns = 'id, project, owner, rule, state, silent_until AS silentUntil, created_at AS createdAt';

function prepareAlerts({ connection }: HeddleDatabase) {
  return {
    rules: connection.prepare<[], AlertRow>(`SELECT ${ruleColumns} FROM alerts ORDER BY created_at, id`),
    rule: connection.prepare<[string], AlertRow>(`SELECT ${ruleColumns} FROM alerts WHERE id = ?`),
    save: connection.prepare<[Readonly<Record<string, string | number>>]>(`
      INSERT INTO alerts (id, project, owner, rule, state, created_at) VALUES (@id, @project, @owner, @rule, @state, @now)
      ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, owner = excluded.owner`),
    setState: connection.prepare<[string, string]>('UPDATE alerts SET state = ? WHERE id = ?'),
    silence: connection.prepare<[number | null, string]>('UPDATE alerts SET silent_until = ? WHERE id = ?'),
    remove: connection.prepare<[string]>('DELETE FROM alerts WHERE id = ?'),
    addEvent: connection.prepare<[Readonly<Record<string, string | number | null>>]>(`
      INSERT INTO alert_events (alert, at, kind, value, text, runs, is_silenced)
      VALUES (@alert, @at, @kind, @value, @text, @runs, @isSilenced)`),
    events: connection.prepare<[string, number], EventRow>(`
      SELECT number, alert, at, kind, value, text, runs, is_silenced AS isSilenced FROM alert_events
      WHERE alert = ? ORDER BY number DESC LIMIT ?`),
    removeEvents: connection.prepare<[string]>('DELETE FROM alert_events WHERE alert = ?'),
    oldest: connection
      .prepare<[number], number>('SELECT number FROM alert_events WHERE at < ? ORDER BY number LIMIT 50')
      .pluck(),
    removeEvent: connection.prepare<[number]>('DELETE FROM alert_events WHERE number = ?'),
  };
}
