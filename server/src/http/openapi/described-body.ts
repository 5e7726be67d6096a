import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export const bodyKey = 'heddle:body';

/** A body that a route reads itself, by its media types. */
export interface BodyDescription {
  readonly description: string;
  readonly content: Readonly<Record<string, z.ZodType>>;
  /** Whether the route needs it. Default: true. */
  readonly isRequired?: boolean;
}

/**
 * Declares a body for the OpenAPI document that the route reads itself: part by part, or by the inputs of a workflow.
 *
 * @example @Post() @DescribedBody({ description: 'One file.', content: { 'multipart/form-data': z.object({ file: FilePart }) } })
 */
export const DescribedBody = (description: BodyDescription): MethodDecorator => SetMetadata(bodyKey, description);
