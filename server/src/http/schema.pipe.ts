import { issueInLists } from '@heddle/core';
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { invalid } from './error-reply.js';
import { unknownMember } from './unknown-member.js';

/**
 * Parses each route argument that declares a schema: `@Body({ schema: StartRunRequest })`. A member of a body that its schema does not name is
 * refused, at the top of the body: a run with `input` for `inputs` would be another run. Errors: `bad_request` with each place.
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
