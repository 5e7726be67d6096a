import type { FastifyRequest } from 'fastify';
import type { Credentials } from './identity.js';

/** The parts of a request that identify its caller. */
export function requestCredentials({ headers, ip, method, url }: FastifyRequest): Credentials {
  return { headers, ip, method, url };
}
