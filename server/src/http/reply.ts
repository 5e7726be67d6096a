import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export const replyKey = 'heddle:reply';

/** The reply of a route, as the OpenAPI document describes it. */
export interface ReplyDescription {
  readonly schema: z.ZodType | undefined;
  readonly status: number;
  /** Several media types are separated by commas. The schema does not apply to a stream of events. */
  readonly mediaType: string;
}

/** Declares the reply of a route for the OpenAPI document, and sets its status. */
export const Reply = (schema: z.ZodType | undefined, status = 200, mediaType = 'application/json'): MethodDecorator =>
  applyDecorators(HttpCode(status), DescribedReply(schema, status, mediaType));

/** Declares a reply for the OpenAPI document only; the route sets its status itself. */
export const DescribedReply = (
  schema: z.ZodType | undefined,
  status: number,
  mediaType = 'application/json',
): MethodDecorator => SetMetadata(replyKey, { schema, status, mediaType } satisfies ReplyDescription);
