import { z } from 'zod';

/** The scope of a budget: one run, one node of a run, a workflow, a connection, an API key, or everything. */
export const BudgetScope = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('workflow'), id: z.string().min(1) }),
    z.object({ kind: z.literal('connection'), id: z.string().min(1) }),
    z.object({ kind: z.literal('key'), id: z.string().min(1) }),
    /** Applies to each run of a workflow separately; to runs of every workflow if `workflow` is missing. */
    z.object({ kind: z.literal('run'), workflow: z.string().optional() }),
    /** Applies to each execution path of a node in a run separately. */
    z.object({ kind: z.literal('node'), workflow: z.string().min(1), node: z.string().min(1) }),
  ])
  .meta({ id: 'BudgetScope' });
export type BudgetScope = z.infer<typeof BudgetScope>;

/** A hard limit: a call that would exceed it is not made. */
export const Budget = z
  .object({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, {
      error: 'Lower-case letters, digits and -, at most 64, starting with a letter',
    }),
    title: z.string().max(200).default(''),
    scope: BudgetScope,
    /** A day or month starts at midnight UTC; `ever` never resets. Budgets of runs and nodes cover the run or node. */
    period: z.enum(['day', 'month', 'ever']).default('day'),
    limits: z
      .object({
        money: z.number().nonnegative().optional(),
        tokens: z.int().nonnegative().optional(),
        calls: z.int().nonnegative().optional(),
        /** Total seconds of calls. */
        seconds: z.number().nonnegative().optional(),
      })
      .default({}),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, { error: 'Write three capital letters, such as USD or EUR' })
      .default('USD'),
    /** What happens to a call that would exceed it: the run fails, the next candidate is tried, or a person is asked. */
    onLimit: z.enum(['stop', 'downgrade', 'ask']).default('stop'),
    isEnabled: z.boolean().default(true),
  })
  .meta({ id: 'Budget' });
export type Budget = z.infer<typeof Budget>;

/** A budget, and what was spent of it in its period. */
export const BudgetState = Budget.extend({
  /** Start of the period, epoch milliseconds. */
  since: z.number(),
  spent: z.object({ money: z.number(), tokens: z.number(), calls: z.number(), seconds: z.number() }),
  /** Reserved for calls in progress. */
  reserved: z.object({ money: z.number(), tokens: z.number(), calls: z.number(), seconds: z.number() }),
}).meta({ id: 'BudgetState' });
export type BudgetState = z.infer<typeof BudgetState>;
