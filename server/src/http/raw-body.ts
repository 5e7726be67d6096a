import { HeddleError } from '@heddle/core';
import type { FastifyRequest } from 'fastify';

/**
 * The bytes of a body as they came, which a signature is checked against. The application keeps them (`rawBody: true`). Errors:
 * `unsupported_media_type` where the body was no JSON, so that nobody kept it.
 */
export function rawBodyOf(request: FastifyRequest): Buffer {
  const raw: unknown = Reflect.get(request, 'rawBody');
  if (Buffer.isBuffer(raw)) return raw;
  throw new HeddleError('unsupported_media_type', 'Send the message as application/json.');
}
