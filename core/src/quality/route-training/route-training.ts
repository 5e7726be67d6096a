import { z } from 'zod';
import { usualEmbedder } from '../../ports/models/embedding.js';
import { RoutePolicy } from '../../ports/routing.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Minimum number of requests to learn a boundary from. */
export const fewestTrainingRows = 50;
/** Maximum number of requests to learn a boundary from. */
export const mostTrainingRows = 5_000;

const Variant = z.string().min(1).max(20);
const Points = z.number().min(0).max(100);

/** Learns from an experiment which requests a cheap model answers well enough. */
export const RouteTrainingRequest = lazyStrictObject(() => ({
  /** The variant for requests that it answers well enough, such as a local model. */
  cheap: Variant,
  /** The variant for all other requests, such as a frontier model. */
  strong: Variant,
  /** What decides which answer is better. */
  by: z.discriminatedUnion('kind', [
    /** A score or check of the experiment. */
    z.strictObject({ kind: z.literal('metric'), metric: z.string().min(1).max(100) }),
    /** Judges that compare both answers in both orders. */
    z.strictObject({
      kind: z.literal('judges'),
      models: z.array(z.string().min(1).max(256)).min(1).max(9),
      criteria: z.string().min(1).max(20_000).optional(),
      /** The output that the judges compare. Default: the first. */
      output: z.string().min(1).max(200).optional(),
    }),
  ]),
  /** The input that contains the text of the request. Default: the first. */
  input: z.string().min(1).max(200).optional(),
  /** How much worse the policy may be on average than the strong variant alone, in points out of 100. */
  maxLoss: Points.default(2),
  /** The embedding model for requests. */
  embedding: z.string().min(1).max(256).default(usualEmbedder),
  /** The models of the policy. Default: those that the variants set. */
  models: z.strictObject({ cheap: z.string().min(1).max(256), strong: z.string().min(1).max(256) }).optional(),
  /** Maximum cost of the judges, in USD. */
  budget: z.number().positive().optional(),
})).meta({ id: 'RouteTrainingRequest' });
export type RouteTrainingRequest = z.infer<typeof RouteTrainingRequest>;

const Loss = lazyObject(() => ({
  /** Mean loss over all requests compared with the strong variant alone, in points out of 100. Below 0, it is better. */
  loss: z.number(),
  /** Low end of the 95 % interval; `high` is its high end. */
  low: z.number(),
  high: z.number(),
}));

/** A point of the curve: the result of one threshold of the difficulty. */
export const RoutePoint = Loss.extend({
  /** Requests up to this difficulty go to the cheap variant. */
  threshold: z.number(),
  /** The share of requests that go to the cheap variant. */
  share: z.number(),
}).meta({ id: 'RoutePoint' });
export type RoutePoint = z.infer<typeof RoutePoint>;

/** The result of a training. All figures come from requests that were not used to train the head or choose the threshold. */
export const RouteTrainingResult = lazyObject(() => ({
  /** Number of requests that count. */
  rows: z.int(),
  /** Number of requests that do not count, because one answer could not be judged or both variants failed. */
  skipped: z.int(),
  /** The policy: the share of requests for the cheap variant, and the loss. */
  policy: Loss.extend({ share: z.number() }),
  /** The loss if the cheap variant answers every request. */
  always: Loss,
  /** The loss if the same share of requests, chosen at random, goes to the cheap variant. */
  chance: z.number(),
  /** Mean cost of a request in USD: with the strong variant alone, and with the policy. */
  cost: z.object({ strong: z.number(), policy: z.number() }),
  /** From no requests for the cheap variant to all of them. */
  curve: z.array(RoutePoint),
  /** Whether the upper end of the interval is within the limit and the cheap variant gets any requests. */
  isWithinLimit: z.boolean(),
  /** The policy, ready to be stored under a name. Missing if no share is within the limit. */
  proposal: RoutePolicy.optional(),
})).meta({ id: 'RouteTrainingResult' });
export type RouteTrainingResult = z.infer<typeof RouteTrainingResult>;

/** A training. It waits for its experiment, has answers judged if judges were requested, learns, and ends. */
export const RouteTraining = lazyObject(() => ({
  id: z.string(),
  experiment: z.string(),
  owner: z.string(),
  createdAt: z.number(),
  endedAt: z.number().optional(),
  status: z.enum(['waiting', 'judging', 'learning', 'done', 'failed', 'cancelled']),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  request: RouteTrainingRequest,
  /** Number of requests whose answers were compared (`judged`), and their total number. */
  judged: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  /** Cost of the judges so far, in USD. */
  cost: z.number().nonnegative(),
  result: RouteTrainingResult.optional(),
})).meta({ id: 'RouteTraining' });
export type RouteTraining = z.infer<typeof RouteTraining>;

/** The trainings of an experiment, newest first. */
export const RouteTrainingsReply = z.object({ trainings: z.array(RouteTraining) }).meta({ id: 'RouteTrainingsReply' });
export type RouteTrainingsReply = z.infer<typeof RouteTrainingsReply>;
