import {
  AlertEvent,
  AlertRule,
  AlertState,
  HeddleError,
  type AlertOutcome,
  type AlertStore,
  type AlertWrites,
  type Clock,
  type GuardedWrite,
  type StoredAlert,
  type Tables,
} from '@heddle/core';
import type { SealedText } from '../identity/sealed-text.js';
import { newId } from '../identity/secret-token.js';
import { isDone } from '../sql/is-done.js';
import { channelsOf, channelWrites, deliveriesOf, messageOf, messagesOf } from './alert-deliveries.js';

interface AlertRow {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  readonly rule: string;
  readonly state: string;
  readonly silentUntil: number | null;
  readonly createdAt: number;
}

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

const ruleColumns = 'id, project, owner, rule, state, silent_until AS "silentUntil", created_at AS "createdAt"';
const eventColumns = 'number, alert, at, kind, value, text, runs, is_silenced AS "isSilenced"';
/** The largest number of past events that one step removes. */
const mostPruned = 50;

/**
 * Alerts on any database. The state of a rule, its event and the messages of the event are stored in one commit.
 *
 * @example const alerts = createAlertStore(sqliteTables(database), { clock, sealed });
 */
export function createAlertStore(
  tables: Tables,
  { clock, sealed }: { readonly clock: Pick<Clock, 'now'>; readonly sealed: SealedText },
): AlertStore {
  return {
    write: { ...ruleWrites(clock), ...channelWrites(clock, sealed) },
    ...channelsOf(tables, sealed),
    ...deliveriesOf(tables, clock),
    async rules() {
      const sql = `SELECT ${ruleColumns} FROM alerts ORDER BY created_at, id`;
      return (await tables.all<AlertRow>(sql)).map(alertOf);
    },
    async rule(id) {
      const row = await tables.get<AlertRow>(`SELECT ${ruleColumns} FROM alerts WHERE id = @id`, { id });
      if (row === undefined) throw missingAlert(id);
      return alertOf(row);
    },
    record: (alert, outcome) => isDone(tables.note(recorded(alert, outcome))),
    async history(id, limit) {
      const sql = `SELECT ${eventColumns} FROM alert_events WHERE alert = @id ORDER BY number DESC LIMIT @limit`;
      const rows = await tables.all<EventRow>(sql, { id, limit });
      const newest = rows[0];
      const oldest = rows.at(-1);
      if (newest === undefined || oldest === undefined) return [];
      const messages = await messagesOf(tables, id, { from: oldest.number, to: newest.number });
      return rows.map((row) => eventOf(row, messages.get(row.number) ?? []));
    },
    async prune(before) {
      const sql = 'SELECT number FROM alert_events WHERE at < @before ORDER BY number LIMIT @mostPruned';
      const found = await tables.all<{ readonly number: number }>(sql, { before, mostPruned });
      await tables.note(found.flatMap(({ number }) => eventRemoval(number)));
      return found.length > 0;
    },
  };
}

const missingAlert = (id: string): HeddleError =>
  new HeddleError('alert_not_found', `There is no alert '${id}': GET /api/alerts lists them.`);

function ruleWrites(clock: Pick<Clock, 'now'>): Pick<AlertWrites, 'save' | 'remove' | 'silence'> {
  const ofAlert = (id: string) => ({ rows: 1, otherwise: () => missingAlert(id) });
  return {
    save({ id, project, owner, rule }) {
      const state: AlertState = { status: 'ok', since: clock.now() };
      const values = { id, project, owner, rule: JSON.stringify(rule), state: JSON.stringify(state), now: clock.now() };
      const sql = `INSERT INTO alerts (id, project, owner, rule, state, created_at) VALUES (@id, @project, @owner, @rule, @state, @now)
        ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, owner = excluded.owner`;
      return [{ sql, values }];
    },
    remove: (id) => [
      { sql: 'DELETE FROM alerts WHERE id = @id', values: { id }, ...ofAlert(id) },
      { sql: 'DELETE FROM alert_deliveries WHERE alert = @id', values: { id } },
      { sql: 'DELETE FROM alert_events WHERE alert = @id', values: { id } },
    ],
    silence: (id, until) => [
      {
        sql: 'UPDATE alerts SET silent_until = @until WHERE id = @id',
        values: { id, until: until ?? null },
        ...ofAlert(id),
      },
    ],
  };
}

const eventRemoval = (number: number): readonly GuardedWrite[] => [
  { sql: 'DELETE FROM alert_deliveries WHERE event = @number', values: { number } },
  { sql: 'DELETE FROM alert_events WHERE number = @number', values: { number } },
];

/**
 * The writes that store the result of a check. Errors of the commit: `conflict` if the rule was removed, or something was recorded since it
 * was read.
 */
function recorded(
  { id, storedState }: Pick<StoredAlert, 'id' | 'storedState'>,
  { state, event, messages = [] }: AlertOutcome,
): readonly GuardedWrite[] {
  const changed: GuardedWrite = {
    sql: 'UPDATE alerts SET state = @state WHERE id = @id AND state = @before',
    values: { id, state: JSON.stringify(state), before: storedState },
    rows: 1,
  };
  if (event === undefined) return [changed];
  const { at, kind, text, isSilenced } = event;
  return [
    changed,
    {
      sql: `INSERT INTO alert_events (alert, at, kind, value, text, runs, is_silenced)
        VALUES (@alert, @at, @kind, @value, @text, @runs, @isSilenced)`,
      values: {
        alert: id,
        at,
        kind,
        text,
        value: event.value ?? null,
        runs: JSON.stringify(event.runs),
        isSilenced: isSilenced ? 1 : 0,
      },
    },
    ...messages.map(({ channel, message }) => messageOf({ id: newId('al'), alert: id, channel, kind, message, at })),
  ];
}

const alertOf = ({ rule, state, silentUntil, ...row }: AlertRow): StoredAlert => ({
  ...row,
  rule: AlertRule.parse(JSON.parse(rule)),
  state: AlertState.parse(JSON.parse(state)),
  storedState: state,
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
