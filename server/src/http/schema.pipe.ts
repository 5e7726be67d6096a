import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { invalid } from './error-reply.js';

/**
 * Parses each route argument that declares a schema: `@Body({ schema: StartRunRequest })`. A member of a body that its schema does not name is
 * refused, at the top of the body: a run with `input` for `inputs` would be another run. Errors: `bad_request` with each place.
 */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, { schema, type }: ArgumentMetadata): Promise<unknown> {
    if (schema === undefined) return value;
    const result = await schema['~standard'].validate(value);
    const unknown = type === 'body' ? unknownMembers(schema, value) : [];
    const issues = [...(result.issues ?? []), ...unknown];
    if (issues.length > 0) throw invalid(issues);
    return result.issues === undefined ? result.value : undefined;
  }
}

/** What a schema would drop; one that takes or refuses further members says so itself. */
function unknownMembers(schema: unknown, value: unknown): readonly { readonly message: string }[] {
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
