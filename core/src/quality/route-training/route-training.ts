import { z } from 'zod';
import { usualEmbedder } from '../../ports/models/embedding.js';
import { RoutePolicy } from '../../ports/routing.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** The fewest requests that a boundary is learned from. */
export const fewestTrainingRows = 50;
/** The most requests that a boundary is learned from. */
export const mostTrainingRows = 5_000;

const Variant = z.string().min(1).max(20);
const Points = z.number().min(0).max(100);

/** Learns from an experiment which requests a cheap model answers well enough. */
export const RouteTrainingRequest = lazyStrictObject(() => ({
  /** The variant that answers where it is good enough, such as a local model. */
  cheap: Variant,
  /** The variant that answers everything else, such as a frontier model. */
  strong: Variant,
  /** What says which answer is better. */
  by: z.discriminatedUnion('kind', [
    /** A score or check of the experiment. */
    z.strictObject({ kind: z.literal('metric'), metric: z.string().min(1).max(100) }),
    /** Judges that compare both answers, in both orders. */
    z.strictObject({
      kind: z.literal('judges'),
      models: z.array(z.string().min(1).max(256)).min(1).max(9),
      criteria: z.string().min(1).max(20_000).optional(),
      /** The output that they compare. By default the first one. */
      output: z.string().min(1).max(200).optional(),
    }),
  ]),
  /** The input with the text of the request. By default the first one. */
  input: z.string().min(1).max(200).optional(),
  /** What the policy may lose on average, in points of 100, against the strong variant alone. */
  maxLoss: Points.default(2),
  /** The embedding model that reads requests. */
  embedding: z.string().min(1).max(256).default(usualEmbedder),
  /** The models of the policy. By default those that the variants set. */
  models: z.strictObject({ cheap: z.string().min(1).max(256), strong: z.string().min(1).max(256) }).optional(),
  /** What judges may cost, in USD. */
  budget: z.number().positive().optional(),
})).meta({ id: 'RouteTrainingRequest' });
export type RouteTrainingRequest = z.infer<typeof RouteTrainingRequest>;

const Loss = lazyObject(() => ({
  /** Mean over all requests, in points of 100: how much worse than the strong variant alone. Below 0, it is better. */
  loss: z.number(),
  /** The 95 % interval. */
  low: z.number(),
  high: z.number(),
}));

/** A point of the curve: what a threshold of the difficulty gives. */
export const RoutePoint = Loss.extend({
  /** Requests up to this difficulty go to the cheap variant. */
  threshold: z.number(),
  /** Their share of all requests. */
  share: z.number(),
}).meta({ id: 'RoutePoint' });
export type RoutePoint = z.infer<typeof RoutePoint>;

/** What a training found. All figures are of requests that the head and the threshold had not seen. */
export const RouteTrainingResult = lazyObject(() => ({
  /** Requests that count. */
  rows: z.int(),
  /** Requests that do not count: one answer could not be judged, or both variants failed. */
  skipped: z.int(),
  /** The policy: its share for the cheap variant, and what it loses. */
  policy: Loss.extend({ share: z.number() }),
  /** The cheap variant for every request. */
  always: Loss,
  /** What a coin loses that gives the cheap variant the same share. */
  chance: z.number(),
  /** Mean cost of a request in USD: of the strong variant alone, and of the policy. */
  cost: z.object({ strong: z.number(), policy: z.number() }),
  /** From no request for the cheap variant to all. */
  curve: z.array(RoutePoint),
  /** Whether the upper end of the interval is within the limit, and the cheap variant gets any request. */
  isWithinLimit: z.boolean(),
  /** The policy, to be stored under a name. Missing if no share is within the limit. */
  proposal: RoutePolicy.optional(),
})).meta({ id: 'RouteTrainingResult' });
export type RouteTrainingResult = z.infer<typeof RouteTrainingResult>;

/** A training. It waits for its experiment, has answers judged if asked to, learns, and ends. */
export const RouteTraining = lazyObject(() => ({
  id: z.string(),
  experiment: z.string(),
  owner: z.string(),
  createdAt: z.number(),
  endedAt: z.number().optional(),
  status: z.enum(['waiting', 'judging', 'learning', 'done', 'failed', 'cancelled']),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  request: RouteTrainingRequest,
  /** Requests whose answers were compared, of how many. */
  judged: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  /** What judges have cost, in USD. */
  cost: z.number().nonnegative(),
  result: RouteTrainingResult.optional(),
})).meta({ id: 'RouteTraining' });
export type RouteTraining = z.infer<typeof RouteTraining>;

/** The trainings of an experiment, newest first. */
export const RouteTrainingsReply = z.object({ trainings: z.array(RouteTraining) }).meta({ id: 'RouteTrainingsReply' });
export type RouteTrainingsReply = z.infer<typeof RouteTrainingsReply>;
