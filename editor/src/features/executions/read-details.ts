import { z } from 'zod';

/** The schema of the details that a node records with a routing decision. Details that do not match it are shown as raw data. */
export const RouteDetails = z.object({
  model: z.string().nullish(),
  excluded: z.array(z.object({ model: z.string(), reason: z.string() })).default([]),
  order: z.array(z.string()).default([]),
  estimatedCost: z.number().nullish(),
  request: z
    .object({
      label: z.string().optional(),
      language: z.string().optional(),
      tokens: z.number().optional(),
      maxTokens: z.number().optional(),
      category: z.string().optional(),
      images: z.boolean().optional(),
      tools: z.boolean().optional(),
      schema: z.boolean().optional(),
    })
    .default({}),
  facts: z
    .array(
      z.object({
        model: z.string(),
        isLocal: z.boolean(),
        clearance: z.string().optional(),
        price: z.object({ input: z.number(), output: z.number(), currency: z.string() }).nullish(),
        latency: z.object({ samples: z.number(), p50: z.number(), p95: z.number() }).nullish(),
        quality: z.object({ samples: z.number(), mean: z.number() }).nullish(),
        budgetLeft: z.number().nullish(),
        tokensLeft: z.number().nullish(),
        queue: z.number().optional(),
      }),
    )
    .default([]),
  policy: z.object({ name: z.string(), prefer: z.string().optional() }).optional(),
});
export type RouteDetails = z.infer<typeof RouteDetails>;

export const FallbackDetails = z.object({
  model: z.string(),
  tried: z.array(z.object({ model: z.string(), error: z.string() })),
});

const Hit = z.looseObject({
  category: z.string(),
  judge: z.string(),
  score: z.number().optional(),
  action: z.string().optional(),
});
export const ModerateDetails = z.object({ isStopped: z.boolean(), found: z.array(Hit) });

export const RedactDetails = z.record(z.string(), z.number());

export const CacheDetails = z.object({
  scope: z.string().optional(),
  match: z.string().optional(),
  storedAt: z.number().optional(),
  savedCost: z.number().optional(),
  currency: z.string().optional(),
  similarity: z.number().optional(),
  above: z.string().optional(),
});

/** The checks of each sentence by `ground`, from its output `report`. */
export const GroundReport = z.array(
  z.object({ sentence: z.string(), score: z.number(), passage: z.string(), isSupported: z.boolean() }),
);

const Asked = z.object({ id: z.string(), name: z.string(), arguments: z.string() });
/** A model's turn in an agent, as its step stores it. */
export const ModelTurn = z.object({
  text: z.string(),
  calls: z.array(Asked),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number(), cost: z.number().optional() }),
  model: z.string(),
  ms: z.number(),
});
export type ModelTurn = z.infer<typeof ModelTurn>;

const Failure = z.object({ code: z.string(), message: z.string() });
/** The result of a tool call, as its step stores it. */
export const ToolOutcome = z.union([z.object({ text: z.string() }), z.object({ error: Failure })]);
