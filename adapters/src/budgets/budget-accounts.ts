import { HeddleError, type Budget, type GuardedWrite, type StatementValues, type Tables } from '@heddle/core';
import { randomUUID } from 'node:crypto';
import { crumb, type Account, type AccountName } from './account.js';
import { add, measures, none, type Amounts } from './amounts.js';
import { periodStart, subjectOf, type CallOrigin } from './budget-scope.js';
import { refuse } from './refuse-call.js';

/**
 * How long a reservation counts; a limit, because the process that made it may have ended. A call that takes longer counts when it ends.
 */
export const reservationMs = 15 * 60_000;
/** How often a reservation is tried if the budgets change between a refusal and the check of what is missing. */
const mostTries = 10;

const ofAccount = 'budget = @budget AND subject = @subject AND since = @since';
const parts = `
  SELECT 'spent' AS part, 1 AS sign, money, tokens, calls, seconds FROM budget_spend WHERE ${ofAccount}
  UNION ALL SELECT 'reserved', 1, money, tokens, calls, seconds FROM budget_reservations WHERE ${ofAccount} AND expires_at > @now
  UNION ALL SELECT 'granted', -1, money, tokens, calls, seconds FROM budget_grants WHERE ${ofAccount} AND is_granted = 1`;
const used = `SELECT ${measures.map((measure) => `coalesce(sum(sign * ${measure}), 0) AS ${measure}`).join(', ')} FROM (${parts}) AS parts`;

/** The accounts of budgets, as rows in the database: a reservation of one process counts in all processes. */
export class BudgetAccounts {
  private readonly tables: Tables;
  private readonly scopesOf: (values: { key: string }) => Promise<{ readonly scopes: string } | undefined>;

  constructor(tables: Tables) {
    this.tables = tables;
    this.scopesOf = tables.lookup('SELECT scopes FROM api_keys WHERE id = @key');
  }

  /** The budget that an API key names in its scopes. */
  async namedBy(key: string | undefined): Promise<string | undefined> {
    const scopes = key === undefined ? undefined : (await this.scopesOf({ key }))?.scopes;
    if (scopes === undefined) return undefined;
    return (JSON.parse(scopes) as { readonly budget?: string }).budget; // written from the schema of scopes
  }

  /** The accounts that count calls from an origin. `now` (epoch milliseconds) chooses the period. */
  async accountsOf(budgets: readonly Budget[], origin: CallOrigin, now: number): Promise<readonly AccountName[]> {
    const named = await this.namedBy(origin.key);
    return budgets.flatMap((budget) => {
      const subject = budget.isEnabled ? subjectOf(budget, origin, named) : undefined;
      return subject === undefined ? [] : [{ budget, subject, since: periodStart(budget, now) }];
    });
  }

  /** The account of the subject that spent most in a period. */
  async busiest(budget: Budget, now: number): Promise<AccountName> {
    const since = periodStart(budget, now);
    const sql =
      'SELECT subject FROM budget_spend WHERE budget = @id AND since = @since ORDER BY money DESC, tokens DESC, calls DESC, subject LIMIT 1';
    const found = await this.tables.get<{ readonly subject: string }>(sql, { id: budget.id, since });
    return { budget, since, subject: found?.subject ?? '' };
  }

  async read(name: AccountName, now: number): Promise<Account> {
    const rows = await this.tables.all<Amounts & { readonly part: 'spent' | 'reserved' | 'granted' }>(parts, {
      ...valuesOf(name),
      now,
    });
    const sum = (part: string): Amounts => rows.filter((row) => row.part === part).reduce<Amounts>(add, none);
    return { ...name, spent: sum('spent'), reserved: sum('reserved'), granted: sum('granted') };
  }

  /** Reserves the needs of a call in all accounts or in none, and returns the id of the reservation. Errors: `budget_exceeded`. */
  async hold(
    names: readonly AccountName[],
    needed: Amounts,
    now: number,
    forMs: number = reservationMs,
  ): Promise<string> {
    const id = randomUUID();
    const isOver = new HeddleError('conflict', 'The budgets of this call kept changing: repeat the call.');
    for (let attempt = 1; attempt <= mostTries; attempt += 1) {
      try {
        await this.tables.note(
          names.flatMap((name) => holding(name, { id, needed, now, until: now + forMs, otherwise: () => isOver })),
        );
        return id;
      } catch (error) {
        if (error !== isOver) throw error;
      }
      // If nothing is missing any more, the loop tries again.
      for (const name of names) refuse(await this.read(name, now), needed);
    }
    throw isOver;
  }

  async settle(
    names: readonly AccountName[],
    {
      id,
      spent,
      alongside = [],
    }: { readonly id: string; readonly spent: Amounts; readonly alongside?: readonly GuardedWrite[] | undefined },
    now: number,
  ): Promise<void> {
    await this.tables.note([
      ...names.map((name) => spending(name, spent, now)),
      { sql: 'DELETE FROM budget_reservations WHERE id = @id', values: { id } },
      ...alongside,
    ]);
  }

  /** Removes what single runs spent before a time, and reservations: all of them if this process is alone, otherwise the expired ones. */
  async forget(before: number, now: number, isAlone: boolean): Promise<void> {
    const held = isAlone ? '' : ' WHERE expires_at <= @now';
    await this.tables.note([
      { sql: "DELETE FROM budget_spend WHERE subject <> '' AND updated_at < @before", values: { before } },
      { sql: `DELETE FROM budget_reservations${held}`, values: isAlone ? {} : { now } },
    ]);
  }
}

const valuesOf = ({ budget, subject, since }: AccountName): StatementValues => ({ budget: budget.id, subject, since });

const spendSql = `INSERT INTO budget_spend (budget, subject, since, money, tokens, calls, seconds, updated_at)
  VALUES (@budget, @subject, @since, @money, @tokens, @calls, @seconds, @now)
  ON CONFLICT (budget, subject, since) DO UPDATE SET ${measures.map((measure) => `${measure} = budget_spend.${measure} + excluded.${measure}`).join(', ')},
    updated_at = excluded.updated_at`;
const expireSql = `DELETE FROM budget_reservations WHERE ${ofAccount} AND expires_at <= @now`;
const reserveSql = `INSERT INTO budget_reservations (id, budget, subject, since, money, tokens, calls, seconds, expires_at)
  VALUES (@id, @budget, @subject, @since, @money, @tokens, @calls, @seconds, @expiresAt)`;

/** The query for each set of limited measures. It finds a row if an account has room. */
const roomSql = new Map<string, string>();
function roomOf(limited: readonly (keyof Amounts)[]): string {
  const key = limited.join();
  const known = roomSql.get(key);
  if (known !== undefined) return known;
  const hasRoom = limited.map((measure) => `${measure} ${measure === 'seconds' ? '<' : '<='} @most_${measure}`);
  const sql = `SELECT 1 FROM (${used}) AS used WHERE ${hasRoom.join(' AND ')}`;
  roomSql.set(key, sql);
  return sql;
}

/** Adds to what was spent. An amount of zero locks the account, so that concurrent reservations wait. */
const spending = (name: AccountName, spent: Amounts, now: number): GuardedWrite => ({
  sql: spendSql,
  values: { ...valuesOf(name), ...spent, now },
});

function holding(
  name: AccountName,
  {
    id,
    needed,
    now,
    until,
    otherwise,
  }: {
    readonly id: string;
    readonly needed: Amounts;
    readonly now: number;
    readonly until: number;
    readonly otherwise: () => HeddleError;
  },
): readonly GuardedWrite[] {
  const account = valuesOf(name);
  const { limits } = name.budget;
  const limited = measures.filter((measure) => limits[measure] !== undefined);
  // The duration of a call is unknown beforehand, so a call is refused only if no time is left.
  const bound = (measure: keyof Amounts): number =>
    measure === 'seconds' ? (limits.seconds ?? 0) : (limits[measure] ?? 0) - needed[measure] + crumb;
  const bounds = Object.fromEntries(limited.map((measure) => [`most_${measure}`, bound(measure)]));
  return [
    spending(name, none, now),
    { sql: expireSql, values: { ...account, now } },
    ...(limited.length === 0
      ? []
      : [{ sql: roomOf(limited), values: { ...account, ...bounds, now }, rows: 1, otherwise }]),
    {
      sql: reserveSql,
      values: { id, ...account, ...needed, expiresAt: until },
    },
  ];
}
