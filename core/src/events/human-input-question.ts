import { z } from 'zod';

/** A recorded human input request; times are in milliseconds since the epoch. */
export const HumanInputQuestion = z.object({
  title: z.string(),
  body: z.string().optional(),
  schema: z.record(z.string(), z.unknown()),
  assignee: z.string().optional(),
  dueAt: z.number().optional(),
  remindAt: z.number().optional(),
  escalateTo: z.string().optional(),
  escalateAt: z.number().optional(),
  buttons: z.array(z.object({ id: z.string(), title: z.string() })).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/** The key of the request of the engine itself at a breakpoint; any answer to it continues the run. */
export const breakpointKey = '~breakpoint';
