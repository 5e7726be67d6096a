import { HeddleError, parseValue } from '@heddle/core';
import { z } from 'zod';

/** Turns a JSON Schema into a check; returns the problem as text if the schema cannot be used. */
export function schemaCheck(schema: Readonly<Record<string, unknown>>): z.ZodType | string {
  try {
    // The object may be anything that a user wrote; an object that is not a JSON Schema makes this call throw.
    return z.fromJSONSchema(schema);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Reads the reply of a model as JSON that fits a schema. Errors: `json_invalid`, `schema_mismatch`, `value_too_complex`. */
export function readJson(text: string, schema: Readonly<Record<string, unknown>>, isCut: boolean): unknown {
  const value = parse(unfenced(text), isCut);
  const check = schemaCheck(schema);
  if (typeof check === 'string')
    throw new HeddleError('schema_unsupported', `The schema of the answer cannot be used: ${check}`);
  const parsed = check.safeParse(value);
  if (parsed.success) return value;
  const problems = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`);
  throw new HeddleError(
    'schema_mismatch',
    `The answer does not fit its schema. ${problems.join('; ')}. Try again, or choose a stronger model.`,
    { retryable: true },
  );
}

/** All texts and numbers in a JSON value, one per line: the content of an answer without its punctuation. */
export function leavesOf(value: unknown): string {
  const leaves: string[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string' || typeof next === 'number') leaves.push(String(next));
    else if (typeof next === 'object' && next !== null)
      for (const entry of Object.values(next).reverse()) open.push(entry);
  }
  return leaves.join('\n');
}

function parse(text: string, isCut: boolean): unknown {
  try {
    return parseValue(text, "The model's answer");
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    const reason = isCut ? "it was cut off: raise 'Max tokens'" : 'try again, or choose a stronger model';
    throw new HeddleError(
      'json_invalid',
      `The model's answer is not valid JSON; ${reason}. It starts with: ${text.slice(0, 120)}`,
      { cause, retryable: !isCut },
    );
  }
}

/** Models without schema support often wrap JSON in a code block. */
function unfenced(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('```')) return trimmed;
  const firstLine = trimmed.indexOf('\n');
  const end = trimmed.endsWith('```') ? trimmed.length - 3 : trimmed.length;
  return firstLine === -1 ? trimmed : trimmed.slice(firstLine + 1, end).trim();
}
