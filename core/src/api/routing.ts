import { z } from 'zod';
import { Budget, BudgetState } from '../ports/budget.js';
import { GivenCount, GivenMoneyOrNone, GivenTokens } from './bounds.js';
import { LabelLevel } from '../labels/label.js';
import { withReadOnly } from './read-only.js';
import { RoutePolicy } from '../ports/routing.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** Reply of `GET /api/policies`. */
export const PoliciesReply = z.object({ policies: z.array(RoutePolicy) }).meta({ id: 'PoliciesReply' });
export type PoliciesReply = z.infer<typeof PoliciesReply>;

/** Body of `POST /api/policies/what-if`: applies another policy to the last decisions. A name means a stored policy. */
export const WhatIfRequest = lazyObject(() => ({
  policy: z.union([RoutePolicy, z.string().min(1).max(100)]),
  last: z.int().min(1).max(1000).default(100),
  /** Id or slug; without it, all workflows. */
  workflow: z.string().optional(),
})).meta({ id: 'WhatIfRequest' });
export type WhatIfRequest = z.infer<typeof WhatIfRequest>;

/** Totals over decisions. They are estimates from the facts at each decision. */
const WhatIfSide = lazyObject(() => ({
  /** Estimated cost by currency. */
  cost: z.record(z.string(), z.number()),
  /** Mean of the measured medians in milliseconds; missing if nothing was measured. */
  latencyMs: z.number().optional(),
  /** The share of decisions for a local model, 0 to 1. */
  shareLocal: z.number(),
  /** Number of decisions without a candidate. */
  none: z.int(),
}));
/** Reply of `POST /api/policies/what-if`. */
export const WhatIfReply = lazyObject(() => ({
  decisions: z.int(),
  before: WhatIfSide,
  after: WhatIfSide,
  changed: z.array(
    z.object({
      runId: z.string(),
      path: z.string(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      summary: z.string(),
    }),
  ),
})).meta({ id: 'WhatIfReply' });
export type WhatIfReply = z.infer<typeof WhatIfReply>;

/** Body of `POST /api/policies/facts`. */
export const CandidateFactsRequest = z
  .object({ models: z.array(z.string().min(1).max(256)).max(64) })
  .meta({ id: 'CandidateFactsRequest' });
export type CandidateFactsRequest = z.infer<typeof CandidateFactsRequest>;

/** The current facts about candidates for policies, over all workflows. Without budgets, because these belong to a run. */
export const CandidateFactsReply = z
  .object({
    facts: z.array(
      lazyObject(() => ({
        model: z.string(),
        isAvailable: z.boolean(),
        /** Why the candidate cannot be called. */
        reason: z.string().optional(),
        isLocal: z.boolean(),
        clearance: LabelLevel,
        contextTokens: z.number(),
        /** Money per million tokens. */
        price: z.object({ input: z.number(), output: z.number(), currency: z.string() }).optional(),
        /** Milliseconds. */
        latency: z
          .object({ samples: z.int(), p50: z.number(), p95: z.number(), firstTokenP50: z.number().optional() })
          .optional(),
        /** Mean rating, 0 to 1. */
        quality: z.object({ samples: z.int(), mean: z.number() }).optional(),
        circuit: z.enum(['closed', 'open', 'half-open']),
        queue: z.int(),
      })),
    ),
  })
  .meta({ id: 'CandidateFactsReply' });
export type CandidateFactsReply = z.infer<typeof CandidateFactsReply>;

/** Reply of `GET /api/budgets`. */
export const BudgetsReply = z.object({ budgets: z.array(BudgetState) }).meta({ id: 'BudgetsReply' });
export type BudgetsReply = z.infer<typeof BudgetsReply>;

/** A budget in a request. It needs at least one amount, and unknown fields are refused, because a misspelt one would limit nothing. */
export const GivenBudget = Budget.extend({
  limits: lazyStrictObject(() => ({
    ...Budget.shape.limits.unwrap().shape,
    money: GivenMoneyOrNone.optional(),
    tokens: z.union([z.literal(0), GivenTokens]).optional(),
    calls: z.union([z.literal(0), GivenCount]).optional(),
    seconds: z.number().nonnegative().max(1_000_000_000, { error: 'At most 1,000,000,000' }).optional(),
  })).refine((limits) => Object.values(limits).some((amount) => amount !== undefined), {
    error: 'Set at least one amount: money, tokens, calls or seconds.',
  }),
});

/** Body of `PUT /api/budgets/:id`. The id in the path counts. */
export const SaveBudgetRequest = withReadOnly(GivenBudget.partial({ id: true }), BudgetState).meta({
  id: 'SaveBudgetRequest',
});
export type SaveBudgetRequest = z.infer<typeof SaveBudgetRequest>;

/** Reply of `GET /api/spend?from&to&by`. Calls without a price have no currency. */
export const SpendReply = lazyObject(() => ({
  from: z.number(),
  to: z.number(),
  by: z.enum(['day', 'model', 'workflow', 'connection', 'key']),
  rows: z.array(
    z.object({
      name: z.string(),
      currency: z.string().nullable(),
      money: z.number(),
      calls: z.int(),
      failed: z.int(),
      inputTokens: z.int(),
      outputTokens: z.int(),
      /** Input tokens that providers read from their prompt caches. */
      cachedTokens: z.int(),
      /** Input tokens that providers wrote to their prompt caches. */
      cacheWriteTokens: z.int(),
      /** What prompt caches saved, in the currency of the row; negative if writing cost more than reading saved. */
      cacheSaved: z.number(),
      /** Number of calls that batches of providers answered. `batchSaved` is what that saved, in the currency of the row. */
      batched: z.int(),
      batchSaved: z.number(),
      seconds: z.number(),
    }),
  ),
})).meta({ id: 'SpendReply' });
export type SpendReply = z.infer<typeof SpendReply>;
