import { z } from 'zod';

/**
 * A fact that a routing condition compares. `label`, `language`, `tokens`, `images`, `tools`, `schema`, `category` and `difficulty`
 * describe the request, all others the candidate.
 */
export const RouteFact = z.enum([
  'label',
  'language',
  'tokens',
  'images',
  'tools',
  'schema',
  'category',
  'difficulty',
  'local',
  'context',
  'price',
  'latency',
  'first-token',
  'quality',
  'budget-left',
  'circuit',
  'queue',
]);
export type RouteFact = z.infer<typeof RouteFact>;
