import { z } from 'zod';

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A condition on the metadata of a passage: `{ field, op, value }`, combined with `and`, `or`, `not`. */
export type Filter =
  | { readonly op: 'eq'; readonly field: string; readonly value: string | number | boolean }
  | { readonly op: 'in'; readonly field: string; readonly value: readonly (string | number | boolean)[] }
  | { readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly field: string; readonly value: number | string }
  | { readonly op: 'exists'; readonly field: string }
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter };

/**
 * The zod schema of a filter. Besides metadata, the fields `document`, `title` and `source` can be used. Only the size limit of the request
 * bounds the depth.
 */
export const Filter: z.ZodType<Filter> = z
  .lazy(() =>
    z.discriminatedUnion('op', [
      z.object({ op: z.literal('eq'), field: z.string().min(1), value: Scalar }),
      z.object({ op: z.literal('in'), field: z.string().min(1), value: z.array(Scalar).min(1).max(10_000) }),
      z.object({
        op: z.enum(['gt', 'gte', 'lt', 'lte']),
        field: z.string().min(1),
        value: z.union([z.number(), z.string()]),
      }),
      z.object({ op: z.literal('exists'), field: z.string().min(1) }),
      z.object({ op: z.enum(['and', 'or']), filters: z.array(Filter).min(1).max(100) }),
      z.object({ op: z.literal('not'), filter: Filter }),
    ]),
  )
  .meta({ id: 'SearchFilter' });
