import { z } from 'zod';

const compiled = new WeakMap<object, z.ZodType>();

/** Says why a value does not fit a JSON schema; undefined where it does. A schema that cannot be read refuses nothing. */
export function fitJsonSchema(schema: Readonly<Record<string, unknown>>, value: unknown): string | undefined {
  const checked = schemaFrom(schema).safeParse(value);
  if (checked.success) return undefined;
  const [issue] = checked.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${place}${issue?.message ?? 'it has another form'}`;
}

function schemaFrom(schema: Readonly<Record<string, unknown>>): z.ZodType {
  let known = compiled.get(schema);
  if (known === undefined) {
    known = readSchema(schema);
    compiled.set(schema, known);
  }
  return known;
}

function readSchema(schema: Readonly<Record<string, unknown>>): z.ZodType {
  try {
    return z.fromJSONSchema(schema);
  } catch {
    // Keywords that zod does not know: the node that asked checks the answer itself.
    return z.unknown();
  }
}
