import { expressionPaths, HeddleError, parseExpression } from '@heddle/core';
import { z } from 'zod';

/** A config field for an expression. An invalid expression, or one with an unknown variable, is reported at the field. */
export function expressionOf(names: readonly string[]): z.ZodString {
  return z.string().superRefine((text, check) => {
    try {
      const unknown = expressionPaths(parseExpression(text)).find(([first]) => !names.includes(String(first)));
      if (unknown !== undefined)
        check.addIssue({
          code: 'custom',
          message: `'${String(unknown[0])}' is unknown here. Use ${names.join(' or ')}, or put a text in quotes.`,
        });
    } catch (error) {
      check.addIssue({ code: 'custom', message: error instanceof HeddleError ? error.message : String(error) });
    }
  });
}
