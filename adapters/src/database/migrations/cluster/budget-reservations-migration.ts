import type { Migration } from '../migration.js';

/** The amounts of budgets that are reserved for calls in progress. */
export const budgetReservationsMigration: Migration = {
  name: 'reservations of budgets',
  sql: `
    CREATE TABLE budget_reservations (
      id TEXT NOT NULL, budget TEXT NOT NULL, subject TEXT NOT NULL, since REAL NOT NULL, money REAL NOT NULL, tokens REAL NOT NULL,
      calls REAL NOT NULL, seconds REAL NOT NULL, expires_at REAL NOT NULL, PRIMARY KEY (id, budget)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX budget_reservations_of ON budget_reservations (budget, subject, since);
  `,
};
