import { z } from 'zod';
import { lazyObject } from '../../values/lazy-object.js';

const TextPart = lazyObject(() => ({ type: z.literal('text', 'only text is supported here'), text: z.string() }));

/** Body of `POST /v1/moderations`. */
export const ModerationRequest = lazyObject(() => ({
  /** A workflow with a verdict, a classifier, or a guard model. */
  model: z.string({ error: 'name a workflow that moderates, a classifier or a guard model' }).min(1).max(256),
  input: z.union([z.string(), z.array(z.string()).min(1).max(128), z.array(TextPart).min(1).max(128)], {
    error: 'give one text, a list of 1 to 128 texts, or parts of one text',
  }),
})).meta({ id: 'ModerationRequest' });
export type ModerationRequest = z.infer<typeof ModerationRequest>;

/** Reply of `POST /v1/moderations`: one result for each text. */
export const ModerationReply = lazyObject(() => ({
  id: z.string(),
  model: z.string(),
  results: z.array(
    z.object({
      flagged: z.boolean(),
      categories: z.record(z.string(), z.boolean()),
      category_scores: z.record(z.string(), z.number()),
      category_applied_input_types: z.record(z.string(), z.array(z.literal('text'))),
    }),
  ),
})).meta({ id: 'ModerationReply' });
export type ModerationReply = z.infer<typeof ModerationReply>;
