import { z } from 'zod';
import { lazyObject } from '../values/lazy-object.js';

/** How a run repeats a recorded run without effects. It is part of the acceptance and never changes. */
export const ReplayMode = lazyObject(() => ({
  /** The recorded run; without one, no effect was recorded, as in a test. */
  of: z.string().optional(),
  /** The replay job that the run is a row of. */
  job: z.string().optional(),
  /** What happens at an effect that was never recorded: the run ends, or a person gives the outputs of the node. */
  unrecorded: z.enum(['stop', 'ask']).default('stop'),
  /** Outputs of nodes with an effect that was never recorded: node id to port to value. */
  stubs: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  /** Whether models are asked where a node changed. */
  models: z.boolean().default(true),
})).meta({ id: 'ReplayMode' });
export type ReplayMode = z.infer<typeof ReplayMode>;

/** The key of the question for the outputs of a node, at an effect that was never recorded. */
export const replayQuestionKey = '~replay';
