import { z } from 'zod';

/** Reply of `GET /api/asks`: the open human input requests. */
export const AsksReply = z
  .object({
    asks: z.array(
      z.object({
        askId: z.string(),
        runId: z.string(),
        path: z.string(),
        /** Titles of the nodes of the path, outermost first. */
        titles: z.array(z.string()).readonly().optional(),
        time: z.number(),
        question: z.looseObject({
          title: z.string(),
          assignee: z.string().optional(),
          dueAt: z.number().optional(),
          buttons: z.array(z.object({ id: z.string(), title: z.string() })).optional(),
          details: z.record(z.string(), z.unknown()).optional(),
        }),
        /** Whether a reminder was sent, or other people may now answer as well. */
        mark: z.enum(['open', 'reminded', 'escalated']),
      }),
    ),
  })
  .meta({ id: 'AsksReply' });
export type AsksReply = z.infer<typeof AsksReply>;
/** A human input request in the inbox. */
export type ShownAsk = AsksReply['asks'][number];

/** Body of `POST /api/runs/:id/asks/:askId`. */
export const AnswerRequest = z
  .object({ value: z.unknown(), by: z.string().optional(), reason: z.string().optional() })
  .meta({ id: 'AnswerRequest' });

/** Body of `POST /api/runs/:id/asks/:askId/continue`. */
export const ContinueRequest = z
  .strictObject({
    /** Suspends again before the next node. */
    step: z.boolean().default(false),
  })
  .meta({ id: 'ContinueRequest' });
export type ContinueRequest = z.infer<typeof ContinueRequest>;
