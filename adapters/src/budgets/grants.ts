import type { GuardedWrite, RunRecord } from '@heddle/core';
import { z } from 'zod';
import type { RunProjection } from '../database/journal-projection.js';

const amount = z.number().nonnegative();
/** The fields that a request must have so that its approval grants an amount. The person who answers sees the same fields. */
const BudgetQuestion = z.object({
  kind: z.literal('budget'),
  budget: z.string(),
  subject: z.string(),
  since: z.number(),
  missing: z.object({ money: amount, tokens: amount, calls: amount, seconds: amount }),
});
const Approval = z.object({ approve: z.literal(true) });

/** Records amounts that people granted beyond a budget, in the commit of their answer, once for each request. */
export const budgetGrants: RunProjection = {
  types: ['human-input-start', 'human-input-end'],
  write: (runId, records) => records.flatMap((record) => grantOf(runId, record)),
};

function grantOf(run: string, record: RunRecord): readonly GuardedWrite[] {
  if (record.type === 'human-input-start') {
    const question = BudgetQuestion.safeParse(record.question.details);
    if (!question.success) return [];
    const { budget, subject, since, missing } = question.data;
    return [
      {
        sql: `INSERT INTO budget_grants (run, request_id, budget, subject, since, money, tokens, calls, seconds)
          VALUES (@run, @requestId, @budget, @subject, @since, @money, @tokens, @calls, @seconds) ON CONFLICT DO NOTHING`,
        values: { run, requestId: record.requestId, budget, subject, since, ...missing },
      },
    ];
  }
  if (record.type !== 'human-input-end') return [];
  const values = { run, requestId: record.requestId };
  const isApproved = record.outcome === 'answered' && Approval.safeParse(record.value).success;
  const ofRequest = 'run = @run AND request_id = @requestId';
  return [
    isApproved
      ? {
          sql: `UPDATE budget_grants SET is_granted = 1, who = @who WHERE ${ofRequest}`,
          values: { ...values, who: record.by ?? null },
        }
      : { sql: `DELETE FROM budget_grants WHERE ${ofRequest}`, values },
  ];
}
