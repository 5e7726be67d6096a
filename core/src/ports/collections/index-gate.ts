import { z } from 'zod';
import { IndexDifference } from './reindexing.js';

/** What a new index of a collection must hold against the serving one before it may serve. */
export const IndexGate = z
  .strictObject({
    /** A dataset whose rows name documents of the collection. */
    dataset: z.string().min(1).max(200),
    split: z.string().min(1).max(100).optional(),
    metric: IndexDifference.shape.metric.default('ndcg'),
    /** The first k passages count. */
    k: z.int().min(1).max(50).default(10),
    /** How much lower the mean of the metric may be, 0 to 1. */
    maxLoss: z.number().min(0).max(1).default(0),
    /** At most so many questions. */
    questions: z.int().min(1).max(1_000).default(200),
  })
  .meta({ id: 'IndexGate' });
export type IndexGate = z.infer<typeof IndexGate>;

/** The gate of a collection; missing where a switch passes without one. */
export const IndexGateReply = z.object({ gate: IndexGate.optional() }).meta({ id: 'IndexGateReply' });
export type IndexGateReply = z.infer<typeof IndexGateReply>;
