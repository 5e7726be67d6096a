import { queryNumber } from '@heddle/core';
import { z } from 'zod';

/** How many arrivals to list. */
export const ArrivalsQuery = z.object({ limit: queryNumber(z.int().min(1).max(400)).default(50) });
