import { issueInLists } from '@heddle/core';
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { invalid } from './errors/error-reply.js';
import { unknownMember } from './bodies/unknown-member.js';

/**
 * Parses each route argument that declares a schema, such as `@Body({ schema: StartRunRequest })`. It refuses unknown top-level members of
 * a body, because a run with `input` instead of `inputs` would not be the run that the caller meant. Errors: `bad_request` with the path of
 * each issue.
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
