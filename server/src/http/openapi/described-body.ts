import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export const bodyKey = 'heddle:body';

/** A body that a route reads itself, by its media types. */
export interface BodyDescription {
  readonly description: string;
  readonly content: Readonly<Record<string, z.ZodType>>;
  /** Whether the route requires a body. Default: true. */
  readonly isRequired?: boolean;
}

/**
 * Declares a body for the OpenAPI document if the route reads it itself, for example part by part, or by the inputs of a workflow.
 *
 * @example @Post() @DescribedBody({ description: 'One file.', content: { 'multipart/form-data': z.object({ file: FilePart }) } })
 */
export const DescribedBody = (description: BodyDescription): MethodDecorator => SetMetadata(bodyKey, description);
