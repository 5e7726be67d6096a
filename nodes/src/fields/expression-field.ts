import { expressionPaths, HeddleError, parseExpression } from '@heddle/core';
import { z } from 'zod';

/** A condition as a config field: one that cannot be read, or that reads a value which is not there, is reported at the field. */
export function expressionOf(names: readonly string[]): z.ZodString {
  return z.string().superRefine((text, check) => {
    try {
      const unknown = expressionPaths(parseExpression(text)).find(([first]) => !names.includes(String(first)));
      if (unknown !== undefined)
        check.addIssue({
          code: 'custom',
          message: `There is no value '${String(unknown[0])}' here. There are: ${names.join(', ')}. A text stands in quotes.`,
        });
    } catch (error) {
      check.addIssue({ code: 'custom', message: error instanceof HeddleError ? error.message : String(error) });
    }
  });
}
