import { HeddleError } from '@heddle/core';
import type { z } from 'zod';
import { unknownMember } from '../../http/bodies/unknown-member.js';

export interface JsonOption {
  readonly json?: true;
}

/** Parses arguments of the command line. An unknown member is an error. Errors: `usage` with every problem and where it is. */
export function parseArgument<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  const unknown = unknownMember(schema, value);
  if (parsed.success && unknown === undefined) return parsed.data;
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new HeddleError(
    'usage',
    `${what} is not valid: ${[...problems, ...(unknown === undefined ? [] : [unknown.message])].join('; ')}`,
  );
}
