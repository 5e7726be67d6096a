import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { invalid } from './error-reply.js';

/** Parses each route argument that declares a schema: `@Body({ schema: StartRunRequest })`. Errors: `bad_request` with each place. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, { schema }: ArgumentMetadata): Promise<unknown> {
    if (schema === undefined) return value;
    const result = await schema['~standard'].validate(value);
    if (result.issues !== undefined) throw invalid(result.issues);
    return result.value;
  }
}
