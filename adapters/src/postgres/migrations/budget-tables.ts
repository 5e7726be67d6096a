import type { PostgresMigration } from '../migration.js';

/** The spending of budgets, the reservations of calls, and amounts that people granted. */
export const budgetTables: PostgresMigration = {
  name: 'accounts of budgets',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.budget_spend (
      budget text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, since double precision NOT NULL, money double precision NOT NULL,
      tokens double precision NOT NULL, calls double precision NOT NULL, seconds double precision NOT NULL,
      updated_at double precision NOT NULL, PRIMARY KEY (budget, subject, since)
    ) WITH (fillfactor = 50);
    CREATE TABLE $schema.budget_reservations (
      id text COLLATE "C" NOT NULL, budget text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, since double precision NOT NULL,
      money double precision NOT NULL, tokens double precision NOT NULL, calls double precision NOT NULL, seconds double precision NOT NULL,
      expires_at double precision NOT NULL, PRIMARY KEY (id, budget)
    );
    CREATE INDEX budget_reservations_of ON $schema.budget_reservations (budget, subject, since);
    CREATE TABLE $schema.budget_grants (
      run text COLLATE "C" NOT NULL, request_id text COLLATE "C" NOT NULL, budget text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL,
      since double precision NOT NULL, money double precision NOT NULL, tokens double precision NOT NULL, calls double precision NOT NULL,
      seconds double precision NOT NULL, is_granted integer NOT NULL DEFAULT 0, who text, PRIMARY KEY (run, request_id)
    );
    CREATE INDEX budget_grants_by_budget ON $schema.budget_grants (budget, subject, since) WHERE is_granted = 1;
  `,
};
