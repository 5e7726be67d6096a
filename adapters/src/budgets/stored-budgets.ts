import { Budget, HeddleError, type GuardedWrite, type CachedTable, type Tables } from '@heddle/core';

/** Changes of budgets, for the commit with their audit event. */
export interface BudgetWrites {
  save(budget: Budget): readonly GuardedWrite[];
  /** Also deletes what was spent of it. Errors of the commit: `budget_not_found`. */
  delete(id: string): readonly GuardedWrite[];
  /** As `delete`, but without an error if the budget does not exist. */
  forget(id: string): readonly GuardedWrite[];
}

/** The budgets, kept in memory because every call reads them. */
interface StoredBudgets {
  readonly write: BudgetWrites;
  /** Returns the same array until a budget changes. */
  list(): readonly Budget[];
  /** Errors: `budget_not_found`. */
  get(id: string): Budget;
}

const table: CachedTable = { topic: 'budgets', table: 'budgets', columns: 'id, body', key: ['id'], order: ['id'] };

/** Errors of the lookups: those of `Tables.keep`. */
export function createStoredBudgets(tables: Tables, now: () => number): StoredBudgets {
  const rows = tables.keep<{ readonly body: string }>(table);
  let known: { readonly revision: number; readonly budgets: readonly Budget[] } | undefined;
  const list = (): readonly Budget[] => {
    const stored = rows.all();
    const { revision } = rows;
    if (known?.revision !== revision)
      known = { revision, budgets: stored.map(({ body }) => Budget.parse(JSON.parse(body))) };
    return known.budgets;
  };
  return {
    list,
    get(id) {
      const budget = list().find((entry) => entry.id === id);
      if (budget === undefined) throw missingBudget(id);
      return budget;
    },
    write: {
      save: (budget) => [
        {
          sql: `INSERT INTO budgets (id, body, updated_at) VALUES (@id, @body, @now)
            ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at`,
          values: { id: budget.id, body: JSON.stringify(budget), now: now() },
          ...touched(budget.id),
        },
      ],
      delete: (id) => removed(id, { rows: 1, otherwise: () => missingBudget(id) }),
      forget: (id) => removed(id, {}),
    },
  };
}

const touched = (id: string): Pick<GuardedWrite, 'topic' | 'touches'> => ({ topic: 'budgets', touches: [id] });

const removed = (id: string, guard: Pick<GuardedWrite, 'rows' | 'otherwise'>): readonly GuardedWrite[] => [
  { sql: 'DELETE FROM budgets WHERE id = @id', values: { id }, ...touched(id), ...guard },
  { sql: 'DELETE FROM budget_spend WHERE budget = @id', values: { id } },
  { sql: 'DELETE FROM budget_grants WHERE budget = @id', values: { id } },
];

const missingBudget = (id: string): HeddleError =>
  new HeddleError('budget_not_found', `There is no budget '${id}': GET /api/budgets lists them.`, {
    details: { budget: id },
  });
