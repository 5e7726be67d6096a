import { z } from 'zod';
import { HumanInputQuestion } from '../events/human-input-question.js';
import { lazyObject } from '../values/lazy-object.js';

/** Reply of `GET /api/human-inputs`: the open human input requests. */
export const HumanInputsReply = z
  .object({
    requests: z.array(
      lazyObject(() => ({
        requestId: z.string(),
        runId: z.string(),
        path: z.string(),
        /** Titles of the nodes in the path, outermost first. */
        titles: z.array(z.string()).readonly().optional(),
        time: z.number(),
        question: HumanInputQuestion.loose(),
        /** Whether the engine asks at a breakpoint: any answer continues the run. */
        isBreakpoint: z.boolean().optional(),
        /** Whether a reminder was sent (`reminded`), or other people may now answer as well (`escalated`). */
        mark: z.enum(['open', 'reminded', 'escalated']),
      })),
    ),
  })
  .meta({ id: 'HumanInputsReply' });
export type HumanInputsReply = z.infer<typeof HumanInputsReply>;
/** A human input request in the inbox. */
export type ShownRequest = HumanInputsReply['requests'][number];

/** Body of `POST /api/runs/:id/human-inputs/:requestId`. */
export const AnswerRequest = lazyObject(() => ({
  value: z.unknown(),
  by: z.string().optional(),
  reason: z.string().optional(),
})).meta({ id: 'AnswerRequest' });

/** Body of `POST /api/runs/:id/human-inputs/:requestId/continue`. */
export const ContinueRequest = z
  .strictObject({
    /** Suspends again before the next node. */
    step: z.boolean().default(false),
  })
  .meta({ id: 'ContinueRequest' });
export type ContinueRequest = z.infer<typeof ContinueRequest>;
