import { z } from 'zod';
import { lazyObject } from '../values/lazy-object.js';

/** Reply of `GET /api/clock`: the clock of the machine and the time that Heddle trusts, both in milliseconds since the epoch. */
export const ClockReply = lazyObject(() => ({
  /**
   * `doubt`: the two times differ by more than a day, or the clock differs from that of the database. Meanwhile nothing is deleted for its
   * age.
   */
  status: z.enum(['trusted', 'doubt']),
  /** The clock of the machine. */
  time: z.number(),
  /** The last stored time plus the time that has passed since then. */
  trustedTime: z.number(),
  /** How far the clock of the machine is ahead; negative if it is behind. */
  aheadMs: z.number(),
  /** Whether downtime does not explain the difference: the clock is behind, or it was changed while the server ran. */
  wasSet: z.boolean(),
  /**
   * When Heddle trusts the clock again, unless the clock is corrected first. Missing if Heddle trusts it now, or if the clock differs from
   * that of the database.
   */
  trustedAt: z.number().optional(),
  /** How far the clock of the machine is ahead of that of the database that several processes share; missing if they agree. */
  aheadOfDatabaseMs: z.number().optional(),
  /** How much earlier sessions, keys and links expire than the clock shows, until someone confirms the clock; missing if they do not. */
  rightsAheadMs: z.number().optional(),
  /** What is wrong, what Heddle does about it, and how to fix it; missing if nothing is wrong. */
  message: z.string().optional(),
})).meta({ id: 'ClockReply' });
export type ClockReply = z.infer<typeof ClockReply>;
