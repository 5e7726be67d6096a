import { HeddleError } from '@heddle/core';
import type { FastifyRequest } from 'fastify';

/**
 * The bytes of a body, which its signature covers. The application keeps them for JSON bodies only (`rawBody: true`). Errors:
 * `unsupported_media_type` for other bodies.
 */
export function rawBodyOf(request: FastifyRequest): Buffer {
  const raw: unknown = Reflect.get(request, 'rawBody');
  if (Buffer.isBuffer(raw)) return raw;
  throw new HeddleError('unsupported_media_type', 'Send the message as application/json.');
}
