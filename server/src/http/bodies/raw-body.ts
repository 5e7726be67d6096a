import { HeddleError } from '@heddle/core';
import type { FastifyRequest } from 'fastify';

/**
 * The bytes of a body, for its signature. The application keeps them (`rawBody: true`). Errors: `unsupported_media_type` where the body
 * is not JSON, because its bytes are not kept.
 */
export function rawBodyOf(request: FastifyRequest): Buffer {
  const raw: unknown = Reflect.get(request, 'rawBody');
  if (Buffer.isBuffer(raw)) return raw;
  throw new HeddleError('unsupported_media_type', 'Send the message as application/json.');
}
