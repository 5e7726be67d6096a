import { z } from 'zod';
import type { Connection } from './connection.js';

/** Where a collection is on the server. */
export interface OpensearchLocation {
  readonly connection: Connection;
  readonly name: string;
  readonly alias: string;
  readonly dimensions: number;
  readonly indexFrom: number;
}

/** The parts of a search's hits that are read. */
export const Hits = z.object({
  hits: z.object({
    hits: z.array(
      z.object({
        _id: z.string(),
        _score: z.number().nullish(),
        _source: z.object({ payload: z.unknown().optional(), vector: z.array(z.number()).optional() }).optional(),
        fields: z
          .object({ document: z.array(z.string()) })
          .partial()
          .optional(),
      }),
    ),
  }),
});
