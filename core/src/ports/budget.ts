import { z } from 'zod';

/** What a budget counts over: one run, one node of it, a workflow, a connection, an API key, or everything. */
export const BudgetScope = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('workflow'), id: z.string().min(1) }),
    z.object({ kind: z.literal('connection'), id: z.string().min(1) }),
    z.object({ kind: z.literal('key'), id: z.string().min(1) }),
    /** Each run of a workflow (all workflows where `workflow` is left out) by itself. */
    z.object({ kind: z.literal('run'), workflow: z.string().optional() }),
    /** Each execution path of a node in one run. */
    z.object({ kind: z.literal('node'), workflow: z.string().min(1), node: z.string().min(1) }),
  ])
  .meta({ id: 'BudgetScope' });
export type BudgetScope = z.infer<typeof BudgetScope>;

/** A hard limit: a call that would pass it is not made. */
export const Budget = z
  .object({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, {
      error: 'Lower-case letters, digits and -, at most 64, starting with a letter',
    }),
    title: z.string().max(200).default(''),
    scope: BudgetScope,
    /** A day or month begins at midnight UTC; `ever` never begins again. Runs and nodes count over themselves. */
    period: z.enum(['day', 'month', 'ever']).default('day'),
    limits: z
      .object({
        /** In `currency`. */
        money: z.number().nonnegative().optional(),
        tokens: z.int().nonnegative().optional(),
        calls: z.int().nonnegative().optional(),
        /** Seconds of calls added up. */
        seconds: z.number().nonnegative().optional(),
      })
      .default({}),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, { error: 'Write three capital letters, such as USD or EUR' })
      .default('USD'),
    /** What happens to the call that would pass it: the run fails, the next candidate is tried, or a person is asked. */
    onLimit: z.enum(['stop', 'downgrade', 'ask']).default('stop'),
    isEnabled: z.boolean().default(true),
  })
  .meta({ id: 'Budget' });
export type Budget = z.infer<typeof Budget>;

/** What a call takes from budgets: estimated before, true after. */
export interface Spend {
  readonly money: number;
  readonly currency: string;
  readonly tokens: number;
  readonly calls: number;
  readonly seconds: number;
}

/** A budget with what it has spent in its period. */
export const BudgetState = Budget.extend({
  /** Start of the period, epoch milliseconds. */
  since: z.number(),
  spent: z.object({ money: z.number(), tokens: z.number(), calls: z.number(), seconds: z.number() }),
  /** Held for calls that are on their way. */
  reserved: z.object({ money: z.number(), tokens: z.number(), calls: z.number(), seconds: z.number() }),
}).meta({ id: 'BudgetState' });
export type BudgetState = z.infer<typeof BudgetState>;
