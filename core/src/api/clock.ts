import { z } from 'zod';

/** `GET /api/clock`: the clock of the machine against the time that Heddle trusts; times are epoch milliseconds. */
export const ClockReply = z
  .object({
    /** `doubt`: the two differ by more than a day, and nothing is deleted for its age. */
    status: z.enum(['trusted', 'doubt']),
    /** What the clock of the machine says. */
    time: z.number(),
    /** What Heddle kept, and what has passed since. */
    trustedTime: z.number(),
    /** How far the clock of the machine is ahead; negative where it is behind. */
    aheadMs: z.number(),
    /** Whether the machine cannot just have been off: the clock is behind, or it was set while the server ran. */
    wasSet: z.boolean(),
    /** When the clock is trusted by itself, if it stays as it is; left out where it is trusted. */
    trustedAt: z.number().optional(),
    /** Sessions, keys and links end so much earlier than the clock says, until somebody confirms the clock; left out where they do not. */
    rightsAheadMs: z.number().optional(),
    /** What is wrong, what Heddle does about it, and the way out; left out where nothing is. */
    message: z.string().optional(),
  })
  .meta({ id: 'ClockReply' });
export type ClockReply = z.infer<typeof ClockReply>;
