import { z } from 'zod';

/** How many arrivals to list. */
export const ArrivalsQuery = z.object({ limit: z.coerce.number().int().min(1).max(400).default(50) });
