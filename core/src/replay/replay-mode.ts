import { z } from 'zod';
import { lazyObject } from '../values/lazy-object.js';

/** How a run replays a recorded run without effects. It is part of the acceptance and never changes. */
export const ReplayMode = lazyObject(() => ({
  /** The recorded run. If missing, as in a test, no effect is recorded. */
  of: z.string().optional(),
  /** The replay job that this run belongs to as one row. */
  job: z.string().optional(),
  /** What happens at an effect that was not recorded: the run ends (`stop`), or a person is asked for the outputs of the node (`ask`). */
  unrecorded: z.enum(['stop', 'ask']).default('stop'),
  /** Outputs of nodes whose effects were not recorded, by node id and port. */
  stubs: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  models: z.boolean().default(true),
})).meta({ id: 'ReplayMode' });
export type ReplayMode = z.infer<typeof ReplayMode>;

/** The key of the human input request for the outputs of a node whose effect was not recorded. */
export const replayQuestionKey = '~replay';
