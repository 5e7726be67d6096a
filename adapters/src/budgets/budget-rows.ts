import { Budget } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { none, type Amounts } from './amounts.js';

/** The rows behind the ledger. */
export interface BudgetRows {
  budgets(): readonly Budget[];
  save(budget: Budget, now: number): void;
  delete(id: string): void;
  spent(budget: string, subject: string, since: number): Amounts;
  /** The subject that spent most in a period. */
  busiest(budget: string, since: number): string;
  /** Adds to what several accounts spent, all or none. */
  spend(
    accounts: readonly { readonly budget: Budget; readonly subject: string; readonly since: number }[],
    spent: Amounts,
    now: number,
  ): void;
  /** The budget that an API key names in its scopes. */
  namedBy(key: string | undefined): string | undefined;
  /** Drops what single runs spent before a time. */
  forget(before: number): void;
}

export function createBudgetRows({ connection }: HeddleDatabase): BudgetRows {
  const all = connection.prepare<[], string>('SELECT body FROM budgets ORDER BY id').pluck();
  const write = connection.prepare<[string, string, number]>(
    'INSERT INTO budgets VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at',
  );
  const named = connection
    .prepare<[string], string | null>("SELECT json_extract(scopes, '$.budget') FROM api_keys WHERE id = ?")
    .pluck();
  const remove = connection.prepare<[string]>('DELETE FROM budgets WHERE id = ?');
  const removeSpend = connection.prepare<[string]>('DELETE FROM budget_spend WHERE budget = ?');
  const removeGrants = connection.prepare<[string]>('DELETE FROM budget_grants WHERE budget = ?');
  const find = connection.prepare<[string, string, number], Amounts>(
    'SELECT money, tokens, calls, seconds FROM budget_spend WHERE budget = ? AND subject = ? AND since = ?',
  );
  const most = connection
    .prepare<[string, number], string>(
      'SELECT subject FROM budget_spend WHERE budget = ? AND since = ? ORDER BY money DESC, tokens DESC, calls DESC LIMIT 1',
    )
    .pluck();
  const addTo = connection.prepare(`
    INSERT INTO budget_spend VALUES (@budget, @subject, @since, @money, @tokens, @calls, @seconds, @now)
    ON CONFLICT (budget, subject, since) DO UPDATE SET money = money + excluded.money, tokens = tokens + excluded.tokens,
      calls = calls + excluded.calls, seconds = seconds + excluded.seconds, updated_at = excluded.updated_at`);
  const dropOld = connection.prepare<[number]>("DELETE FROM budget_spend WHERE subject <> '' AND updated_at < ?");
  return {
    namedBy: (key) => (key === undefined ? undefined : (named.get(key) ?? undefined)),
    budgets: () => all.all().map((body) => Budget.parse(JSON.parse(body))),
    save: (budget, now) => void write.run(budget.id, JSON.stringify(budget), now),
    delete: (id) =>
      connection.transaction(() => {
        remove.run(id);
        removeSpend.run(id);
        removeGrants.run(id);
      })(),
    spent: (budget, subject, since) => find.get(budget, subject, since) ?? none,
    busiest: (budget, since) => most.get(budget, since) ?? '',
    spend: (accounts, spent, now) =>
      connection.transaction(() => {
        for (const { budget, subject, since } of accounts)
          addTo.run({ budget: budget.id, subject, since, now, ...spent });
      })(),
    forget: (before) => void dropOld.run(before),
  };
}
