import { unwrapSchema } from '@heddle/core';
import { z } from 'zod';

/** The issue with the first member that a schema does not name. Only one is reported, because a body can contain very many. */
export function unknownMember(
  schema: unknown,
  value: unknown,
): { readonly path: readonly string[]; readonly message: string; readonly namesField: true } | undefined {
  const inner = unwrapSchema(schema);
  // A schema that accepts other members has a catchall; a strict schema has none.
  if (
    !(inner instanceof z.ZodObject) ||
    !(inner.def.catchall === undefined || inner.def.catchall instanceof z.ZodNever)
  )
    return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { shape } = inner;
  for (const name in value)
    if (!Object.hasOwn(shape, name)) {
      const field = name.slice(0, 100);
      return { path: [field], message: `Unknown field '${field}': leave it out`, namesField: true };
    }
  return undefined;
}
