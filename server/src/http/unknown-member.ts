import { z } from 'zod';

/**
 * The first member of a value that its schema does not name, as an issue. Nobody is told of more than one: a body may hold a great many of
 * them, and what is said of each is work.
 */
export function unknownMember(schema: unknown, value: unknown): { readonly message: string } | undefined {
  const inner = unwrap(schema);
  // A schema that takes further members says so with its catchall; a strict one takes none.
  if (
    !(inner instanceof z.ZodObject) ||
    !(inner.def.catchall === undefined || inner.def.catchall instanceof z.ZodNever)
  )
    return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { shape } = inner;
  for (const name in value)
    if (!Object.hasOwn(shape, name)) return { message: `Unknown field '${name.slice(0, 100)}': leave it out` };
  return undefined;
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}
