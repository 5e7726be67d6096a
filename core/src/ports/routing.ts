import { z } from 'zod';
import { type LabelLevel } from '../labels/label.js';
import { checkCondition } from '../routing/check-condition.js';
import type { CircuitState } from './connection.js';

/** What a routing condition looks at. `label`, `language`, `tokens`, `images`, `tools`, `schema` are of the request; the rest of the candidate. */
export const RouteFact = z.enum([
  'label',
  'language',
  'tokens',
  'images',
  'tools',
  'schema',
  'category',
  'local',
  'context',
  'price',
  'latency',
  'first-token',
  'quality',
  'budget-left',
  'circuit',
  'queue',
]);
export type RouteFact = z.infer<typeof RouteFact>;

const Condition = z.object({
  fact: RouteFact.meta({ title: 'Fact' }),
  is: z.enum(['equal', 'not-equal', 'at-most', 'at-least', 'one-of']).meta({ title: 'Is' }),
  value: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()])).max(64)])
    .meta({ title: 'Value' }),
});

/** One condition: a fact compared with a value of its kind, such as `{ fact: 'label', is: 'at-most', value: 'internal' }`. */
export const RouteCondition = Condition.superRefine((condition, context) => {
  const problem = checkCondition(condition);
  if (problem !== undefined) context.addIssue({ code: 'custom', path: [problem.field], message: problem.message });
}).meta({ id: 'RouteCondition' });
export type RouteCondition = z.infer<typeof RouteCondition>;

const policyOf = (condition: typeof Condition) =>
  z.object({
    name: z.string().min(1).max(100).default('policy'),
    /** In order of preference where `prefer` is `order`. */
    candidates: z
      .array(
        z.object({
          /** Model id, local or `connection/model`. */
          model: z.string().min(1).max(256).meta({ title: 'Model', widget: 'model', modelKind: 'generate' }),
          /** All of them must hold. */
          when: z.array(condition).max(32).default([]).meta({ title: 'When', description: 'All of them must hold.' }),
          note: z.string().max(500).optional().meta({ title: 'Note' }),
        }),
      )
      .min(1)
      .max(32),
    /** How to choose among the candidates that are left. Ties go by order. */
    prefer: z.enum(['order', 'cheapest', 'fastest', 'best']).default('order'),
    /** Share of calls, 0 to 1, that go to the second-best candidate, so that all of them are measured; which calls is decided by the run id. */
    explore: z.number().min(0).max(0.5).default(0),
  });

/** A routing policy: data that the editor shows as rows, the CLI prints and the what-if panel changes. */
export const RoutePolicy = policyOf(RouteCondition).meta({ id: 'RoutePolicy' });
export type RoutePolicy = z.infer<typeof RoutePolicy>;

/** A policy as it was stored: one that was saved before conditions were checked is still read, and is refused when it is saved again. */
export const StoredRoutePolicy = policyOf(Condition);

/** What is known of the request that is to be routed. */
export interface RouteRequest {
  readonly label: LabelLevel;
  /** ISO 639-1, where it was found. */
  readonly language?: string;
  /** Tokens of the prompt, estimated where they are not counted. */
  readonly tokens: number;
  /** Tokens that no tokenizer makes more of: what a budget holds for the prompt before a call. Left out, `tokens`. */
  readonly bound?: number;
  /** Most tokens of the answer. */
  readonly maxTokens: number;
  readonly images: boolean;
  readonly tools: boolean;
  readonly schema: boolean;
  /** What a `classify` node said, where one is connected. */
  readonly category?: string;
}

/** Percentiles of our own calls of a model, over a rolling window. Milliseconds. */
export interface MeasuredLatency {
  readonly samples: number;
  readonly p50: number;
  readonly p95: number;
  readonly firstTokenP50?: number;
}

/** What is known of a candidate at the moment of the decision. */
export interface CandidateFacts {
  readonly model: string;
  /** Whether it exists and can be called now; `reason` says why not. */
  readonly isAvailable: boolean;
  readonly reason?: string;
  readonly isLocal: boolean;
  readonly ceiling: LabelLevel;
  readonly contextTokens: number;
  readonly supports: { readonly schema: boolean; readonly tools: boolean; readonly images: boolean };
  /** Money a million tokens; undefined where no price is known, 0 for local models. */
  readonly price: { readonly input: number; readonly output: number; readonly currency: string } | undefined;
  readonly latency: MeasuredLatency | undefined;
  /** Mean of feedback, 0 to 1, for this model in this workflow. */
  readonly quality: { readonly samples: number; readonly mean: number } | undefined;
  readonly circuit: CircuitState;
  /** Calls that wait for it. */
  readonly queue: number;
  /** Money left in the tightest budget that counts for it; undefined where none does. */
  readonly budgetLeft: number | undefined;
  /** Tokens left in the tightest budget that counts for it; left out where none does. */
  readonly tokensLeft?: number;
}

/** How a request was routed. Deterministic given policy, request and facts; kept with the run. */
export interface RouteDecision {
  /** The model; undefined where no candidate is left. */
  readonly model: string | undefined;
  /** One sentence: "kept local: confidential; 2 candidates were excluded because …". */
  readonly summary: string;
  readonly excluded: readonly { readonly model: string; readonly reason: string }[];
  /** What is left, best first: what `fallback` tries next. */
  readonly order: readonly string[];
  /** Estimated money of the chosen candidate for this request. */
  readonly estimatedCost: number | undefined;
}

/** What the host knows for routing. */
export interface Routing {
  /** Facts of these models, in order; of unknown ones `isAvailable` is false. */
  facts(models: readonly string[]): Promise<readonly CandidateFacts[]>;
  /** A stored policy by name. Errors: `policy_not_found`. */
  policy(name: string): Promise<RoutePolicy>;
}
