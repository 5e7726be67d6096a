import { z } from 'zod';
import { type LabelLevel } from '../labels/label.js';
import { checkCondition } from '../routing/check-condition.js';
import { RouteBoundary } from '../routing/route-boundary.js';
import { RouteFact } from '../routing/route-fact.js';
import type { CircuitState } from './connection.js';

const Condition = z.object({
  fact: RouteFact.meta({ title: 'Fact' }),
  is: z.enum(['equal', 'not-equal', 'at-most', 'at-least', 'one-of']).meta({ title: 'Is' }),
  value: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()])).max(64)])
    .meta({ title: 'Value' }),
});

/** A condition: compares a fact with a value of its kind, such as `{ fact: 'label', is: 'at-most', value: 'internal' }`. */
export const RouteCondition = Condition.superRefine((condition, context) => {
  const problem = checkCondition(condition);
  if (problem !== undefined) context.addIssue({ code: 'custom', path: [problem.field], message: problem.message });
}).meta({ id: 'RouteCondition' });
export type RouteCondition = z.infer<typeof RouteCondition>;

const policyOf = (condition: typeof Condition) =>
  z.object({
    name: z.string().min(1).max(100).default('policy'),
    /** In order of preference, if `prefer` is `order`. */
    candidates: z
      .array(
        z.object({
          /** Model id, local or `connection/model`. */
          model: z.string().min(1).max(256).meta({ title: 'Model', widget: 'model', modelKind: 'generate' }),
          /** All conditions must be true. */
          when: z
            .array(condition)
            .max(32)
            .default([])
            .meta({ title: 'When', description: 'All conditions must be true.' }),
          note: z.string().max(500).optional().meta({ title: 'Note' }),
        }),
      )
      .min(1)
      .max(32),
    /** How to choose among the remaining candidates. Ties are broken by their order. */
    prefer: z.enum(['order', 'cheapest', 'fastest', 'best']).default('order'),
    /**
     * Share of the calls, 0 to 1, that go to the second-best candidate so that all candidates are measured. The run id determines which
     * calls.
     */
    explore: z.number().min(0).max(0.5).default(0),
    /** Computes the fact `difficulty`. Without it, the difficulty of a request is unknown. */
    boundary: RouteBoundary.optional(),
  });

/** A routing policy. It is plain data: the editor shows it as rows, the CLI prints it, and the what-if panel changes it. */
export const RoutePolicy = policyOf(RouteCondition).meta({ id: 'RoutePolicy' });
export type RoutePolicy = z.infer<typeof RoutePolicy>;

/** A stored policy. An old policy with unchecked conditions can be read, but not saved again. */
export const StoredRoutePolicy = policyOf(Condition);

/** What is known about a request before it is routed. */
export interface RouteRequest {
  readonly label: LabelLevel;
  /** ISO 639-1; missing if it was not detected. */
  readonly language?: string;
  /** Tokens of the prompt, estimated if not counted. */
  readonly tokens: number;
  /** Upper bound of the prompt tokens for any tokenizer, which a budget reserves before a call. Default: `tokens`. */
  readonly bound?: number;
  readonly maxTokens: number;
  readonly images: boolean;
  readonly tools: boolean;
  readonly schema: boolean;
  /** The category from a connected `classify` node. */
  readonly category?: string;
  /** Probability, 0 to 1, that the strong model answers better, computed by the learned boundary of the policy. */
  readonly difficulty?: number;
}

/** Latency percentiles of Heddle's own calls to a model in a rolling window, in milliseconds. */
export interface MeasuredLatency {
  readonly samples: number;
  readonly p50: number;
  readonly p95: number;
  readonly firstTokenP50?: number;
}

/** What is known about a candidate when the route is decided. */
export interface CandidateFacts {
  readonly model: string;
  /** Whether the model exists and can be called now; if not, `reason` says why. */
  readonly isAvailable: boolean;
  readonly reason?: string;
  readonly isLocal: boolean;
  readonly clearance: LabelLevel;
  readonly contextTokens: number;
  readonly supports: { readonly schema: boolean; readonly tools: boolean; readonly images: boolean };
  /** Price of a million tokens; undefined if it is not known, 0 for local models. */
  readonly price: { readonly input: number; readonly output: number; readonly currency: string } | undefined;
  readonly latency: MeasuredLatency | undefined;
  /** Mean feedback on this model in this workflow, 0 to 1. */
  readonly quality: { readonly samples: number; readonly mean: number } | undefined;
  readonly circuit: CircuitState;
  readonly queue: number;
  /** Money left in the tightest budget that applies; undefined without a budget. */
  readonly budgetLeft: number | undefined;
  /** Tokens left in the tightest budget that applies; missing without a budget. */
  readonly tokensLeft?: number;
}

/** How a request was routed. It depends only on policy, request and facts, and is stored with the run. */
export interface RouteDecision {
  /** The chosen model; undefined if no candidate remains. */
  readonly model: string | undefined;
  /** One sentence: "kept local: confidential; 2 candidates were excluded because …". */
  readonly summary: string;
  readonly excluded: readonly { readonly model: string; readonly reason: string }[];
  /** The remaining candidates, best first: `fallback` tries them in this order. */
  readonly order: readonly string[];
  /** Estimated cost of this request with the chosen model. */
  readonly estimatedCost: number | undefined;
}

/** Facts and policies that the host provides for routing. */
export interface Routing {
  /** Returns the facts of these models, in order. An unknown model is not available. */
  facts(models: readonly string[]): Promise<readonly CandidateFacts[]>;
  /** Returns a stored policy by name. Errors: `policy_not_found`. */
  policy(name: string): Promise<RoutePolicy>;
}
