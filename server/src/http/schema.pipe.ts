import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { invalid } from './error-reply.js';
import { unknownMembers } from './unknown-members.js';

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
