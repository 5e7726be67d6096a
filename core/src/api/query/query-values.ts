import { z } from 'zod';

/** A number as programs write it: not an empty text, which `Number` reads as 0, and not `0x10` or ` 7 `. */
const written = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * A number in a query or a path, checked by its schema. An empty text is not a number.
 *
 * @example const Query = z.object({ limit: queryNumber(z.int().min(1).max(1_000)).default(100) });
 */
export const queryNumber = <Schema extends z.ZodType<number>>(schema: Schema) =>
  // A missing value cannot be parsed, so the OpenAPI document marks it as required, unless it is optional or has a default.
  z.nonoptional(
    z.preprocess((given) => (typeof given === 'string' && written.test(given) ? Number(given) : given), schema),
  );

/** A time in a query: epoch milliseconds, a date, or a date with a time in UTC. Parses to epoch milliseconds. */
export const QueryTime = z.union(
  [
    queryNumber(z.number().min(0).max(8e15)),
    z.iso.date().transform((text) => Date.parse(text)),
    z.iso.datetime().transform((text) => Date.parse(text)),
  ],
  { error: 'Give epoch milliseconds, a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z' },
);
