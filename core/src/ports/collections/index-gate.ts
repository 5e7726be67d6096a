import { z } from 'zod';
import { IndexDifference } from './reindexing.js';

/** The gate of a collection: how well a new index must do, compared with the serving one, before it may serve. */
export const IndexGate = z
  .strictObject({
    /** A dataset whose rows name documents of the collection. */
    dataset: z.string().min(1).max(200),
    split: z.string().min(1).max(100).optional(),
    metric: IndexDifference.shape.metric.default('ndcg'),
    /** The metric considers the first k passages. */
    k: z.int().min(1).max(50).default(10),
    /** How much lower the mean of the metric may be than that of the serving index, 0 to 1. */
    maxLoss: z.number().min(0).max(1).default(0),
    /** Maximum number of questions. */
    questions: z.int().min(1).max(1_000).default(200),
  })
  .meta({ id: 'IndexGate' });
export type IndexGate = z.infer<typeof IndexGate>;

/** The gate of a collection; missing if it has none. */
export const IndexGateReply = z.object({ gate: IndexGate.optional() }).meta({ id: 'IndexGateReply' });
export type IndexGateReply = z.infer<typeof IndexGateReply>;
