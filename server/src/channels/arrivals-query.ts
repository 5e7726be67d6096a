import { z } from 'zod';

/** How much of what came in is wanted. */
export const ArrivalsQuery = z.object({ limit: z.coerce.number().int().min(1).max(400).default(50) });
