import { z } from 'zod';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { none, type Amounts } from './amounts.js';
import { accountKey } from './budget-scope.js';

const amount = z.number().nonnegative();
/** What the question of a person must hold for its approval to grant something: who answers sees the same. */
const BudgetQuestion = z.object({
  kind: z.literal('budget'),
  budget: z.string(),
  subject: z.string(),
  since: z.number(),
  missing: z.object({ money: amount, tokens: amount, calls: amount, seconds: amount }),
});
const Approval = z.object({ approve: z.literal(true) });

export interface Grants {
  readonly projection: JournalProjection;
  of(budget: string, subject: string, since: number): Amounts;
}

interface Account {
  readonly budget: string;
  readonly subject: string;
  readonly since: number;
}

/** What people allowed beyond a budget: written in the commit of their answer, once a request. */
export function createGrants({ connection }: HeddleDatabase, onGrant: (key: string) => void): Grants {
  const ask = connection.prepare(
    'INSERT OR IGNORE INTO budget_grants (run, request_id, budget, subject, since, money, tokens, calls, seconds) VALUES (@run, @requestId, @budget, @subject, @since, @money, @tokens, @calls, @seconds)',
  );
  const grant = connection.prepare<[string | null, string, string], Account>(
    'UPDATE budget_grants SET is_granted = 1, who = ? WHERE run = ? AND request_id = ? RETURNING budget, subject, since',
  );
  const drop = connection.prepare<[string, string]>('DELETE FROM budget_grants WHERE run = ? AND request_id = ?');
  const sum = connection.prepare<[string, string, number], { readonly [Measure in keyof Amounts]: number | null }>(
    'SELECT sum(money) AS money, sum(tokens) AS tokens, sum(calls) AS calls, sum(seconds) AS seconds FROM budget_grants WHERE is_granted = 1 AND budget = ? AND subject = ? AND since = ?',
  );
  return {
    projection: {
      types: ['human-input-start', 'human-input-end'],
      write(runId, records) {
        for (const record of records) {
          if (record.type === 'human-input-start') {
            const question = BudgetQuestion.safeParse(record.question.details);
            if (!question.success) continue;
            const { budget, subject, since, missing } = question.data;
            ask.run({ run: runId, requestId: record.requestId, budget, subject, since, ...missing });
          } else if (record.type === 'human-input-end') {
            const isApproved = record.outcome === 'answered' && Approval.safeParse(record.value).success;
            if (!isApproved) drop.run(runId, record.requestId);
            else {
              const origin = grant.get(record.by ?? null, runId, record.requestId);
              if (origin !== undefined) onGrant(accountKey(origin.budget, origin.subject, origin.since));
            }
          }
        }
      },
    },
    of(budget, subject, since) {
      const row = sum.get(budget, subject, since);
      return row === undefined
        ? none
        : { money: row.money ?? 0, tokens: row.tokens ?? 0, calls: row.calls ?? 0, seconds: row.seconds ?? 0 };
    },
  };
}
