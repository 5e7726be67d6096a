import { Filter, HeddleError } from '@heddle/core';
import { z } from 'zod';

/** A config field for a filter, with the checks that a search applies to its filter. */
export const filterField = z.unknown().superRefine((value, check) => {
  if (value === undefined || value === null) return;
  const parsed = Filter.safeParse(value);
  if (!parsed.success)
    check.addIssue({ code: 'custom', message: `The filter is not valid: ${problemOf(parsed.error)}` });
});

/** One filter that requires all given filters; undefined if there are none. Errors: `filter_invalid`. */
export function joinFilters(...given: readonly unknown[]): Filter | undefined {
  const filters = given
    .filter((entry) => entry !== undefined && entry !== null)
    .map((entry) => {
      const parsed = Filter.safeParse(entry);
      if (!parsed.success) {
        throw new HeddleError(
          'filter_invalid',
          `The filter is not valid: ${problemOf(parsed.error)}. Write it as { "op": "eq", "field": "year", "value": 2026 }, combined with and, or, not.`,
        );
      }
      return parsed.data;
    });
  return filters.length < 2 ? filters[0] : { op: 'and', filters };
}

function problemOf(error: z.ZodError): string {
  const [first] = error.issues;
  return first === undefined ? 'it does not fit' : `${first.path.join('.') || 'filter'}: ${first.message}`;
}
