import { z } from 'zod';

/** `GET /api/asks`: open questions, as they are asked. */
export const AsksReply = z
  .object({
    asks: z.array(
      z.object({
        askId: z.string(),
        runId: z.string(),
        path: z.string(),
        /** What people call the nodes of the path, outermost first. */
        titles: z.array(z.string()).readonly().optional(),
        time: z.number(),
        question: z.looseObject({
          title: z.string(),
          assignee: z.string().optional(),
          dueAt: z.number().optional(),
          buttons: z.array(z.object({ id: z.string(), title: z.string() })).optional(),
          details: z.record(z.string(), z.unknown()).optional(),
        }),
        /** Whether somebody was reminded, or somebody else may answer as well by now. */
        mark: z.enum(['open', 'reminded', 'escalated']),
      }),
    ),
  })
  .meta({ id: 'AsksReply' });
export type AsksReply = z.infer<typeof AsksReply>;
export type ShownAsk = AsksReply['asks'][number];

/** `POST /api/runs/:id/asks/:askId`. */
export const AnswerRequest = z
  .object({ value: z.unknown(), by: z.string().optional(), reason: z.string().optional() })
  .meta({ id: 'AnswerRequest' });

/** `POST /api/runs/:id/asks/:askId/continue`. */
export const ContinueRequest = z
  .strictObject({
    /** Pauses again before whatever starts next. */
    step: z.boolean().default(false),
  })
  .meta({ id: 'ContinueRequest' });
export type ContinueRequest = z.infer<typeof ContinueRequest>;
