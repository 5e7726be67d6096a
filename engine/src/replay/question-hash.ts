import type { Question } from '@heddle/core';
import { hashOf } from './request-hash.js';

/** The hash of a question to a person, without times and addressees. */
export function questionHash({
  title,
  body,
  schema,
  buttons,
  details,
}: Pick<Question, 'title' | 'body'> & {
  readonly schema: unknown;
  readonly buttons?: unknown;
  readonly details?: unknown;
}): string {
  return hashOf({ title, body, schema, buttons, details });
}
