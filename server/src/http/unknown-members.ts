import { z } from 'zod';

/** The members of a value that its schema would drop; one that takes or refuses further members says so itself. */
export function unknownMembers(schema: unknown, value: unknown): readonly { readonly message: string }[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject) || inner.def.catchall !== undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { shape } = inner;
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(shape, name))
    .map((name) => ({ message: `Nothing is called '${name.slice(0, 100)}' here: leave it out` }));
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}
