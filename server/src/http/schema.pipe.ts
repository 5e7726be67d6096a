import { issueInLists } from '@heddle/core';
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { invalid } from './errors/error-reply.js';
import { unknownMember } from './bodies/unknown-member.js';

/**
 * Parses each route argument that declares a schema: `@Body({ schema: StartRunRequest })`. An unknown top-level member of a body is
 * refused: a run with `input` instead of `inputs` would be another run. Errors: `bad_request` with each location.
 */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, { schema, type }: ArgumentMetadata): Promise<unknown> {
    if (schema === undefined) return value;
    const unknown = type === 'body' ? unknownMember(schema, value) : undefined;
    const first = unknown ?? issueInLists(schema, value);
    if (first !== undefined) throw invalid([first]);
    const result = await schema['~standard'].validate(value);
    if (result.issues !== undefined) throw invalid(result.issues);
    return result.value;
  }
}
