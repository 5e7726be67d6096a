import type { Question } from '@heddle/core';
import { hashOf } from './request-hash.js';

/** The hash of what a person is asked: without times and addressees. */
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
