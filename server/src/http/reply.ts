import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export const replyKey = 'heddle:reply';

/** The answer of a route, for the OpenAPI document. */
export interface ReplyDescription {
  readonly schema: z.ZodType | undefined;
  readonly status: number;
  /** Several are separated by a comma. The schema is not for a stream of events. */
  readonly mediaType: string;
}

/** Declares the answer of a route for the OpenAPI document, and sets its status. */
export const Reply = (schema: z.ZodType | undefined, status = 200, mediaType = 'application/json'): MethodDecorator =>
  applyDecorators(HttpCode(status), DescribedReply(schema, status, mediaType));

/** Declares the answer for the document only: the route sets its status itself. */
export const DescribedReply = (
  schema: z.ZodType | undefined,
  status: number,
  mediaType = 'application/json',
): MethodDecorator => SetMetadata(replyKey, { schema, status, mediaType } satisfies ReplyDescription);
