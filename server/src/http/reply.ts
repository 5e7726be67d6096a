import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export const replyKey = 'heddle:reply';

/** What a route answers with, for the OpenAPI document. */
export interface ReplyDescription {
  readonly schema: z.ZodType | undefined;
  readonly status: number;
  readonly mediaType: string;
}

/** Declares a route's answer for the OpenAPI document. */
export const Reply = (schema: z.ZodType | undefined, status = 200, mediaType = 'application/json'): MethodDecorator =>
  SetMetadata(replyKey, { schema, status, mediaType } satisfies ReplyDescription);
